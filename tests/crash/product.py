"""The real product as a process of its own, to be killed without warning."""

import asyncio
import os
import sys
from pathlib import Path

from bot.demo import product_environment
from emulators.site import Site


class Product:
    """``updraft serve`` on a site; ``errors`` collects what it wrote to standard error."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.log = folder / "product.log"
        self._process: asyncio.subprocess.Process | None = None
        self.kills = 0

    async def start(self) -> None:
        """Start the process; it is connected soon after."""
        environment = {
            **os.environ,
            **product_environment(self.site.url, self.folder, 0),
            "UPDRAFT_RETRY_BASE": "0.05",
        }
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env=environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """Kill it as the kernel would: no handler runs, nothing is flushed."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        self.kills += 1

    async def stop(self) -> None:
        """Stop it in good order."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
