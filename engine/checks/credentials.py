"""How the credentials of the usual providers look, each with texts that hold one and texts that only resemble one.

Sources: the providers' documentation of their token formats and the published rule set of gitleaks. The examples are
filled in by `sample`, so that no scanner takes this file for a leak.
"""

import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credential:
    """The shape of one kind of secret: ``pattern`` is valid for both ``re`` and RE2, group 1 is the secret itself."""

    name: str
    title: str
    pattern: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()


_ALPHABETS = {
    "x": "0123456789abcdef",
    "X": "0123456789ABCDEF",
    "w": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "U": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "d": "0123456789",
}
_FILL = re.compile(r"\{([xXwUad])(\d+)\}")


def sample(template: str) -> str:
    """Fill ``{x32}`` (hex), ``{w36}`` (letters and digits), ``{U16}``, ``{a34}``, ``{d10}`` with fixed nonsense of that length."""

    def fill(match: re.Match[str]) -> str:
        alphabet, length = _ALPHABETS[match[1]], int(match[2])
        noise = b"".join(
            hashlib.sha256(f"{match[0]}{block}".encode()).digest() for block in range(length // 32 + 1)
        )
        return "".join(alphabet[byte % len(alphabet)] for byte in noise[:length])

    return _FILL.sub(fill, template)


CREDENTIALS: tuple[Credential, ...] = (
    Credential(
        "anthropic",
        "an Anthropic API key",
        r"\b(sk-ant-[a-z0-9]{3,12}-[A-Za-z0-9_-]{20,})",
        ("key sk-ant-{d0}api03-{w93}AA",),
    ),
    Credential(
        "openai",
        "an OpenAI API key",
        r"\b(sk-(?:proj|svcacct|admin|None|or-v1)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{32,}|sess-[A-Za-z0-9]{40})",
        ("sk-{w20}T3BlbkFJ{w20}", "OPENAI_API_KEY=sk-proj-{w74}T3BlbkFJ{w74}", "sk-svcacct-{w40}"),
        ("sk-learn-contrib is fine", "the sk-button-primary class", "task-{w20}"),
    ),
    Credential(
        "aws-access-key",
        "an AWS access key",
        r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})\b",
        ("AKIA{U16}", "id ASIA{U16}."),
        ("AKIA is the prefix", "MALASIAHOLIDAYPLANS2"),
    ),
    Credential(
        "aws-secret-key",
        "an AWS secret key",
        r"(?i)(?:aws.{0,20}?secret|secret.{0,3}?access.{0,3}?key|aws.{0,10}?key)\w{0,12}['\"]?\s{0,3}(?:[:=]|=>|is|\s)\s{0,3}['\"`]?([A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+])",
        ("aws_secret_access_key = {w40}", "the AWS secret is {w38}/+", "secret access key: {w40}"),
        ("aws commit {x40}",),
    ),
    Credential(
        "google-api-key",
        "a Google API key",
        r"\b(AIza[A-Za-z0-9_-]{35})",
        ("AIza{w35}",),
        ("AIza is the prefix",),
    ),
    Credential(
        "google-oauth",
        "a Google OAuth secret",
        r"\b(GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,}|1//0[A-Za-z0-9_-]{30,})",
        ("GOCSPX-{w28}", "ya29.{w60}"),
    ),
    Credential(
        "google-service-account",
        "a Google service account key",
        r"(?i)\"private_key_id\"\s{0,3}:\s{0,3}\"([a-f0-9]{40})\"",
        ('{"type": "service_account", "private_key_id": "{x40}"}',),
    ),
    Credential(
        "github",
        "a GitHub token",
        r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{36,})",
        ("ghp_{w36}", "gho_{w36}", "ghu_{w36}", "ghs_{w36}", "ghr_{w36}", "github_pat_{w22}_{w59}"),
        ("ghp_short", "github_pat_tutorial"),
    ),
    Credential(
        "gitlab",
        "a GitLab token",
        r"\b(gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.=-]{20,}|GR1348941[A-Za-z0-9_-]{20})",
        ("glpat-{w20}", "gldt-{w20}", "glrt-{w20}", "glptt-{x40}", "GR1348941{w20}"),
    ),
    Credential(
        "slack",
        "a Slack token",
        r"(?i)\b(xox[a-z](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9]{5,}-\d{5,}-[a-z0-9]{10,})",
        (
            "xoxb-{d12}-{d13}-{w24}",
            "xoxp-{d11}-{d11}-{d12}-{x32}",
            "xoxe.xoxp-1-{w120}",
            "xapp-1-A{U10}-{d13}-{x64}",
        ),
        ("xoxo-love",),
    ),
    Credential(
        "slack-webhook",
        "a Slack webhook",
        r"(hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9]{5,}/[A-Za-z0-9]{5,}/[A-Za-z0-9/]{16,})",
        ("https://hooks.slack.com/services/T{U8}/B{U8}/{w24}",),
        ("https://hooks.slack.com/ is down",),
    ),
    Credential(
        "atlassian",
        "an Atlassian token",
        r"\b(AT(?:ATT|CTT|STT|OATT|BB)[A-Za-z0-9][A-Za-z0-9_=.-]{24,})",
        ("ATATT3xFfGF0{w180}={x8}", "ATCTT3xFfGN0{w170}={x8}", "ATBB{w32}"),
        ("the ATTACHMENT-2024 folder",),
    ),
    Credential(
        "stripe",
        "a Stripe key",
        r"\b((?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,})",
        ("sk_live_{w24}", "rk_live_{w24}", "sk_test_{w24}", "whsec_{w32}"),
        ("sk_test_mode", "pi_{w24}", "cus_{w14}"),
    ),
    Credential(
        "twilio",
        "a Twilio key",
        r"\b(SK[0-9a-f]{32})\b|(?i:twilio.{0,40}?)\b([0-9a-f]{32})\b",
        ("SK{x32}", "twilio auth token: {x32}"),
        ("md5 {x32}",),
    ),
    Credential(
        "sendgrid",
        "a SendGrid key",
        r"\b(SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64})",
        ("SG.{w22}.{w43}",),
    ),
    Credential(
        "mailgun",
        "a Mailgun key",
        r"\b(key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b",
        ("key-{x32}", "{x32}-{x8}-{x8}"),
        ("key-value-store", "{x8}-1234-4abc-8abc-{x12}"),
    ),
    Credential("mailchimp", "a Mailchimp key", r"\b([0-9a-f]{32}-us\d{1,2})\b", ("{x32}-us14",)),
    Credential("npm", "an npm token", r"\b(npm_[A-Za-z0-9]{36})\b", ("npm_{w36}",), ("npm_config_registry",)),
    Credential(
        "pypi",
        "a PyPI token",
        r"\b(pypi-Ag[A-Za-z0-9_-]{40,})",
        ("pypi-AgEIcHlwaS5vcmc{w80}",),
        ("pypi-attestations",),
    ),
    Credential(
        "digitalocean",
        "a DigitalOcean token",
        r"\b(do[opr]_v1_[0-9a-f]{64})\b",
        ("dop_v1_{x64}", "doo_v1_{x64}", "dor_v1_{x64}"),
    ),
    Credential(
        "heroku",
        "a Heroku key",
        r"\b(HRKU-[A-Za-z0-9_-]{30,})|(?i:heroku.{0,30}?(?:key|token|secret|auth).{0,10}?)\b([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\b",
        ("HRKU-{w60}", "HEROKU_API_KEY={x8}-{x4}-{x4}-{x4}-{x12}"),
        ("request {x8}-{x4}-{x4}-{x4}-{x12} on heroku",),
    ),
    Credential(
        "datadog",
        "a Datadog key",
        r"(?i)(?:datadog|\bdd)[ _-]?.{0,20}?(?:api|app|application|key|token).{0,12}?[\s:='\"`]([0-9a-f]{40}|[0-9a-f]{32})\b",
        ("DD_API_KEY={x32}", "datadog app key is {x40}"),
        ("datadog shows commit {x40}",),
    ),
    Credential(
        "telegram",
        "a Telegram bot token",
        r"\b(\d{8,10}:AA[A-Za-z0-9_-]{32,34})",
        ("{d9}:AA{w33}",),
        ("12345678:30",),
    ),
    Credential(
        "discord",
        "a Discord token",
        r"\b([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})\b|(discord(?:app)?\.com/api/webhooks/\d{15,21}/[A-Za-z0-9_-]{50,})",
        ("MT{w22}.G{w5}.{w38}", "https://discord.com/api/webhooks/{d18}/{w68}"),
    ),
    Credential(
        "shopify",
        "a Shopify token",
        r"\b(shp(?:at|ca|pa|ss|tka)_[a-fA-F0-9]{32})\b",
        ("shpat_{x32}", "shpss_{x32}"),
    ),
    Credential(
        "square",
        "a Square token",
        r"\b(sq0(?:atp|csp|idp|idb)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{56,64})",
        ("sq0atp-{w22}", "sq0csp-{w43}", "EAAA{w60}"),
    ),
    Credential(
        "huggingface",
        "a Hugging Face token",
        r"\b(hf_[A-Za-z0-9]{30,40}|api_org_[A-Za-z]{34})\b",
        ("hf_{a34}",),
        ("hf_model_name",),
    ),
    Credential(
        "azure",
        "an Azure key",
        r"(?i:(?:AccountKey|SharedAccessKey|AZURE_STORAGE_KEY|storage (?:account )?key)\s{0,2}(?:=|:|is)\s{0,2})['\"]?([A-Za-z0-9+/]{42,86}={1,2})|[?&;]sig=([A-Za-z0-9%+/]{40,}={0,2})|\b([A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34})",
        (
            "AccountKey={w86}==",
            "https://acme.blob.core.windows.net/c/f?sv=2022-11-02&sig={w43}%3D",
            "abc8Q~{w34}",
        ),
    ),
    Credential(
        "databricks", "a Databricks token", r"\b(dapi[0-9a-f]{32}(?:-\d)?)\b", ("dapi{x32}", "dapi{x32}-2")
    ),
    Credential(
        "linear", "a Linear key", r"\b(lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,64})\b", ("lin_api_{w40}",)
    ),
    Credential(
        "notion",
        "a Notion token",
        r"\b(secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,50})\b",
        ("secret_{w43}", "ntn_{w46}"),
        ("secret_santa",),
    ),
    Credential(
        "vault",
        "a Vault token",
        r"\b(hv[sbr]\.[A-Za-z0-9_-]{24,})|(?i:vault.{0,30}?)\b([sbr]\.[A-Za-z0-9]{24})\b",
        ("hvs.{w90}", "VAULT_TOKEN=s.{w24}"),
    ),
    Credential(
        "age", "an age secret key", r"\b(AGE-SECRET-KEY-1[0-9A-Z]{40,})\b", ("AGE-SECRET-KEY-1{U58}",)
    ),
    Credential(
        "cloudflare",
        "a Cloudflare token",
        r"(?i:cloudflare.{0,30}?(?:key|token|secret).{0,10}?)\b([A-Za-z0-9_-]{37,40})\b|\b(v1\.0-[0-9a-f]{24}-[0-9a-f]{120,})",
        ("CLOUDFLARE_API_TOKEN={w40}",),
    ),
    Credential(
        "other-provider",
        "a provider's token",
        r"\b(glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{32,}|sntry[su]_[A-Za-z0-9+/=_-]{40,}|NRAK-[A-Z0-9]{27}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|figd_[A-Za-z0-9_-]{38,}|dckr_pat_[A-Za-z0-9_-]{27,}|rubygems_[0-9a-f]{48}|dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40,}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}|sbp_[0-9a-f]{40}|gsk_[A-Za-z0-9]{48,}|xai-[A-Za-z0-9]{70,}|r8_[A-Za-z0-9]{37}|pplx-[A-Za-z0-9]{40,}|AKCp[A-Za-z0-9]{60,}|dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|sl\.[A-Za-z0-9_-]{130,}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}|EZAK[A-Za-z0-9]{54}|PRIVATE-TOKEN: ?[A-Za-z0-9_-]{20,}|sk_[a-f0-9]{48}|fio-u-[A-Za-z0-9_=-]{64}|phc_[A-Za-z0-9]{43}|phx_[A-Za-z0-9]{43}|rnd_[A-Za-z0-9]{28,}|vercel_[A-Za-z0-9]{24,}|tfp_[A-Za-z0-9]{40,}|aio_[A-Za-z0-9]{28}|nfp_[A-Za-z0-9]{36,}|tskey-[a-z]+-[A-Za-z0-9-]{20,})",
        (
            "glsa_{w32}_{x8}",
            "NRAK-{U27}",
            "dckr_pat_{w27}",
            "gsk_{w52}",
            "r8_{w37}",
            "sbp_{x40}",
            "{w14}.atlasv1.{w67}",
        ),
    ),
    Credential(
        "private-key",
        "a private key",
        r"(-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\sA-Za-z0-9+/=:,.\\-]*?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)?|PuTTY-User-Key-File-\d)",
        (
            "-----BEGIN RSA PRIVATE {d0}KEY-----\n{w64}\n{w64}\n-----END RSA PRIVATE {d0}KEY-----",
            "-----BEGIN OPENSSH PRIVATE {d0}KEY-----",
            "-----BEGIN PRIVATE {d0}KEY-----",
        ),
        ("-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----"),
    ),
    Credential(
        "jwt",
        "a JSON Web Token",
        r"\b(ey[A-Za-z0-9_-]{10,}\.ey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})",
        ("Bearer eyJhbGciOiJIUzI1NiJ9{d0}.eyJzdWIiOiIxMjM0In0{d0}.{w43}",),
        ("eyJhbGciOi is how they start",),
    ),
    Credential(
        "assigned-secret",
        "a key or token",
        r"(?i)(?:api[ _-]?key|apikey|secret[ _-]?key|client[ _-]?secret|access[ _-]?token|auth[ _-]?token|bearer|api[ _-]?token|access[ _-]?key|signing[ _-]?secret|token|secret)['\"`]?\s{0,3}(?::|=|=>|\bis\b|\bbearer\b|\s)\s{0,3}['\"`]?([A-Za-z0-9_+/.~-]{20,256}={0,2})",
        (
            "api_key={w32}",
            "client secret is {w40}",
            "Authorization: Bearer {w40}",
            'token: "{x40}"',
            "api token {x32}",
        ),
        (
            "the token is validated_by_the_middleware",
            "secret: see kubernetes-external-secrets-operator",
            "token expired_at field",
        ),
    ),
)
