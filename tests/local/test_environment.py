"""What child processes get of the environment: named one by one."""

from moa_tui.local.environment import for_engine, for_fetching

NEEDED = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH"}
COMPUTES = {"OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"}
FETCHES = {"HTTPS_PROXY", "https_proxy", "PIP_INDEX_URL", "UV_CACHE_DIR", "SSL_CERT_FILE"}
OTHERS = {
    *("CEREBRAS_API_KEY", "GITHUB_PAT", "DATABASE_URL", "MYSECRETS", "LLAMA_API_KEY"),
    *("LLAMA_ARG_HOST", "SSH_AUTH_SOCK", "LD_PRELOAD", "OLDPWD", "DBUS_SESSION_BUS_ADDRESS"),
}
EVERYTHING = dict.fromkeys(NEEDED | COMPUTES | FETCHES | OTHERS, "x")


def test_the_engine_gets_what_it_computes_with() -> None:
    assert set(for_engine(EVERYTHING)) == NEEDED | COMPUTES | {"OMP_WAIT_POLICY"}
    assert for_engine({"OMP_WAIT_POLICY": "ACTIVE"}) == {"OMP_WAIT_POLICY": "ACTIVE"}


def test_who_fetches_gets_the_way_to_the_index_too() -> None:
    assert set(for_fetching(EVERYTHING)) == NEEDED | FETCHES
