"""The registry's key files: made once, readable by their owner alone, never replaced."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.registry.keys import UnusableKeys, open_keys

NAMES = ["blind-index.key", "vault-wrapping.key"]


def test_the_first_start_makes_two_different_keys_that_only_the_owner_can_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys = open_keys(tmp_path / "keys", {})
    finally:
        os.umask(before)
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == NAMES
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert len(keys.wrapping) == len(keys.blind) == 32
    assert keys.wrapping != keys.blind


def test_later_starts_open_the_same_keys(tmp_path: Path) -> None:
    keys = open_keys(tmp_path, {})
    assert open_keys(tmp_path, keys.checks()) == keys
    # the database was not written yet when the first start was killed
    assert open_keys(tmp_path, {}) == keys


def test_starts_at_the_same_time_agree_on_the_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_keys(tmp_path, {}), range(8)))
    assert len({(keys.wrapping, keys.blind) for keys in opened}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_lost_key_is_a_refusal_and_never_a_new_key(tmp_path: Path, name: str) -> None:
    checks = open_keys(tmp_path, {}).checks()
    (tmp_path / name).unlink()
    with pytest.raises(UnusableKeys, match=f"{name} is missing"):
        open_keys(tmp_path, checks)
    assert not (tmp_path / name).exists()
    with pytest.raises(UnusableKeys, match="is missing"):
        open_keys(tmp_path / "nowhere", checks)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    checks = open_keys(tmp_path, {}).checks()
    (tmp_path / name).chmod(mode)
    with pytest.raises(UnusableKeys, match="chmod 600"):
        open_keys(tmp_path, checks)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("content", ["", "00" * 31, "00" * 33, "no key", "zz" * 32, "é" * 40])
def test_a_damaged_key_file_is_refused_without_quoting_it(tmp_path: Path, name: str, content: str) -> None:
    checks = open_keys(tmp_path, {}).checks()
    (tmp_path / name).write_text(content)
    with pytest.raises(UnusableKeys, match="does not hold a key") as caught:
        open_keys(tmp_path, checks)
    assert not content or content not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_another_key_is_refused(tmp_path: Path, name: str) -> None:
    checks = open_keys(tmp_path / "mine", {}).checks()
    open_keys(tmp_path / "other", {})
    (tmp_path / "mine" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    with pytest.raises(UnusableKeys, match=f"{name} is not the key"):
        open_keys(tmp_path / "mine", checks)


def test_swapped_keys_are_refused(tmp_path: Path) -> None:
    keys = open_keys(tmp_path, {})
    one, other = (tmp_path / name for name in NAMES)
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)
    with pytest.raises(UnusableKeys, match="is not the key"):
        open_keys(tmp_path, keys.checks())


def test_a_setting_that_is_missing_or_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableKeys, match="LEDGER_KEY_DIR"):
        open_keys(None, {})
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableKeys, match=r"File exists|Not a directory"):
        open_keys(tmp_path / "file", {})


def test_keys_and_their_checks_show_nothing(tmp_path: Path) -> None:
    keys = open_keys(tmp_path, {})
    for key in (keys.wrapping, keys.blind):
        assert key.hex() not in repr(keys)
        assert repr(key) not in repr(keys)
        assert all(key not in check and check not in key for check in keys.checks().values())
