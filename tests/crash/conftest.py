"""A site that lives on while the product is killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulators.site import Site
from tests.crash.product import Product


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site(port=0) as site:
        yield site


@pytest.fixture
async def product(site: Site, tmp_path: Path) -> AsyncIterator[Product]:
    product = Product(site, tmp_path)
    await product.start()
    yield product
    await product.stop()
    assert "Traceback" not in product.log.read_text()
