"""What every kind of fingerprint must do; a kind gets these tests by stating its cases."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from cautery.core.errors import FileRefused


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
