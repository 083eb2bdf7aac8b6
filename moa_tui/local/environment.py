"""What child processes get of the environment: what they need by name, and nothing else.

A list of what to leave out would have to know the name of every secret; `GITHUB_PAT` and
`DATABASE_URL` are two that end like none.
"""

import os
from collections.abc import Mapping

_NEEDED = frozenset(
    [
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
        # Where Python finds what it finds for us.
        *("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONUTF8"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV"),
        *("SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA"),
        *("LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"),
    ]
)
_NEEDED_PREFIXES = ("LC_",)

_OF_ENGINES = ("OMP_", "KMP_", "GOMP_", "GGML_", "CUDA_", "HIP_", "ROCR_", "HSA_", "VK_", "MTL_")
"""Threads and devices that the engine computes with."""

_OF_FETCHING = ("PIP_", "UV_", "XDG_")
_FOR_FETCHING = frozenset(
    [
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"),
    ]
)


def for_engine(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the embedded model's server gets."""
    return {
        "OMP_WAIT_POLICY": "PASSIVE",
        **_chosen(environ, _NEEDED, (*_NEEDED_PREFIXES, *_OF_ENGINES)),
    }


def for_fetching(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what pip or uv get: the way to the index, which may be a person's own, too."""
    return _chosen(environ, _NEEDED | _FOR_FETCHING, (*_NEEDED_PREFIXES, *_OF_FETCHING))


def _chosen(
    environ: Mapping[str, str], names: frozenset[str], prefixes: tuple[str, ...]
) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name.upper() in names or name.upper().startswith(prefixes)
    }
