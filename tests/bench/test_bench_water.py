"""The benchmarks of the water run, small, and print their tables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _table(*call: str) -> str:
    done = subprocess.run([sys.executable, *call], cwd=HERE, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.bench
def test_the_benchmark_of_the_connection_level_agrees_with_its_peers_and_prints_a_table():
    table = _table("water_connection.py", "--size", "150", "--repeat", "1")
    assert "| miyun-twin | " in table
    assert "| scikit-image `reconstruction` | " in table


@pytest.mark.bench
def test_the_benchmark_of_many_levels_prints_a_table():
    table = _table("water_levels.py", "--size", "150", "--repeat", "1", "--runs", "2")
    assert "all of it for 200 levels" in table
    assert "GRASS r.lake" in table
    assert "median" in table


@pytest.mark.bench
def test_the_benchmark_of_the_level_pool_prints_a_table():
    table = _table("water_route.py", "--repeat", "1")
    assert "| level pool | " in table
    assert "scipy `solve_ivp`" in table
