"""What every kind of fingerprint must do; a kind gets these tests by stating its cases."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, ClassVar

import pytest

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import Found, Limits


class FingerprintContract:
    """Inherit, name the class Test..., give `make`, `good` (name -> bytes) and `refused` (name -> bytes, reason)."""

    good: ClassVar[dict[str, bytes]]
    refused: ClassVar[dict[str, tuple[bytes, str]]] = {"no bytes": (b"", "empty")}

    def make(self, data: bytes) -> Any:
        raise NotImplementedError

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "good_case" in metafunc.fixturenames:
            metafunc.parametrize("good_case", self.good)
        if "refused_case" in metafunc.fixturenames:
            metafunc.parametrize("refused_case", self.refused)

    def test_it_gives_the_same_fingerprint_twice(self, good_case: str) -> None:
        assert self.make(self.good[good_case]) == self.make(self.good[good_case])

    def test_it_tells_different_content_apart(self) -> None:
        made = [self.make(data) for data in self.good.values()]
        assert all(one != two for place, one in enumerate(made) for two in made[:place])

    def test_it_refuses_with_a_named_reason(self, refused_case: str) -> None:
        data, reason = self.refused[refused_case]
        with pytest.raises(FileRefused) as caught:
            self.make(data)
        assert caught.value.reason == reason


class ReaderContract(FingerprintContract):
    """For the modules of whole files: give `read` too. What is compared is every fingerprint, without the time it took."""

    read: ClassVar[Callable[[BinaryIO, Limits], Found]]

    def found(self, data: bytes) -> Found:
        return type(self).read(io.BytesIO(data), Limits())

    def make(self, data: bytes) -> Any:
        return [(one.kind, one.form, one.part, one.at, one.value, one.quality) for one in self.found(data).prints]

    def test_every_fingerprint_says_something(self, good_case: str) -> None:
        prints = self.found(self.good[good_case]).prints
        assert prints
        for one in prints:
            assert bytes.fromhex(one.value)
            assert one.quality is None or 0 <= one.quality <= 100
            assert one.ms >= 0

    def test_what_was_found_comes_back_from_json(self, good_case: str) -> None:
        found = self.found(self.good[good_case])
        assert Found.from_dict(json.loads(json.dumps(found.as_dict()))) == found

    def test_a_file_cut_short_is_refused_or_gives_whole_fingerprints(self, good_case: str) -> None:
        data = self.good[good_case]
        lengths = {
            one.kind: len(one.value) for one in self.found(data).prints if one.kind in {"pdq", "minhash", "text"}
        }
        for share in (0.02, 0.3, 0.6, 0.95):
            with suppress(FileRefused):
                prints = self.found(data[: max(1, int(len(data) * share))]).prints
                assert prints
                assert all(len(one.value) == lengths.get(one.kind, len(one.value)) for one in prints)
