"""The large encoder's export: only from the weights that were chosen, with what the tuning changed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from candor.errors import EncoderError
from knowledge.export import main
from knowledge.large_export import LEFT, NAME, RIGHT, TUNING, large_weights, tuned


def packages_of(folder: Path, parts: int, files: dict[str, bytes]) -> Path:
    """A folder with packages that hold so many parts of a zip file."""
    with zipfile.ZipFile(folder / "whole.zip", "w") as zipped:
        for name, data in files.items():
            zipped.writestr(f"{NAME}/{name}", data)
    data = (folder / "whole.zip").read_bytes()
    size = -(-len(data) // parts)
    for number in range(parts):
        inside = folder / "packages" / f"part_{number:03}" / "input"
        inside.mkdir(parents=True)
        (inside / f"{NAME}.zip.{number + 1:03}").write_bytes(data[number * size : (number + 1) * size])
    return folder / "packages"


FILES = {"model.safetensors": b"weights " * 100, "config.json": b"{}", "tokenizer.json": b"[]", "README.md": b"#"}


def test_the_parts_are_joined_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed lies in one folder, for as long as it is needed."""
    packages = packages_of(tmp_path, 5, FILES)
    monkeypatch.setattr("knowledge.large_export.WEIGHTS_SHA256", "expected")
    monkeypatch.setattr("knowledge.large_export.file_sha256", lambda _: "expected")

    with large_weights(packages) as folder:
        found = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert found == {name: data for name, data in FILES.items() if name != "README.md"}
    assert not folder.exists()


def test_other_weights_are_refused(tmp_path: Path) -> None:
    """Weights that were swapped are not loaded; the message names the cure."""
    packages = packages_of(tmp_path, 5, FILES)

    with (
        pytest.raises(EncoderError, match="large encoder's weights are not the ones that were chosen: run `make setup`"),
        large_weights(packages),
    ):
        pytest.fail("they were taken")


@pytest.mark.parametrize("missing", ["part", "file", "everything"])
def test_weights_that_are_not_whole_are_refused(tmp_path: Path, missing: str) -> None:
    """A part that did not arrive, or a zip file of something else."""
    files = FILES if missing != "file" else {"config.json": b"{}"}
    packages = packages_of(tmp_path, 3, files)
    for part in sorted(packages.glob("*/input/*"))[:: 1 if missing == "everything" else 2] if missing != "file" else ():
        part.unlink()

    with pytest.raises(EncoderError, match="not whole: run `make setup`"), large_weights(packages):
        pytest.fail("they were taken")


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line and exit code 1; nothing is written."""
    assert main(tmp_path / "large_encoder", tmp_path) == 1

    assert "run `make setup`" in capsys.readouterr().err
    assert not (tmp_path / "large_encoder").exists()


def test_a_change_at_a_low_rank_is_added_to_its_weight() -> None:
    """Two thin matrices for a matrix, all of it for a vector; all other weights stay."""
    weights = {"layer.weight": torch.zeros(3, 2), "layer.bias": torch.ones(3), "other.weight": torch.ones(2, 2)}
    left, right = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[10.0, 20.0]])

    result = tuned(weights, {f"layer.weight{LEFT}": left, f"layer.weight{RIGHT}": right, "layer.bias": torch.ones(3)})

    assert torch.equal(result["layer.weight"], torch.tensor([[10.0, 20.0], [20.0, 40.0], [30.0, 60.0]]))
    assert torch.equal(result["layer.bias"], torch.full((3,), 2.0))
    assert torch.equal(result["other.weight"], torch.ones(2, 2))


def test_the_shipped_tuning_is_small_and_of_the_upper_layers() -> None:
    """It stands in the repository, so each version of it stays there for good."""
    names = load_file(TUNING).keys()

    assert TUNING.stat().st_size < 6_000_000
    assert {int(name.split(".")[2]) for name in names} == set(range(6, 12))
