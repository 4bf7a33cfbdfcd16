"""Shader uniforms that several shaders share: set once here, the same everywhere."""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkShaderProperty

Value = float | tuple[float, ...]


class Uniforms:
    """Named numbers and vectors.

    VTK declares them in every vertex and fragment shader that has joined. A uniform must have been set before
    the first frame, or the shaders that read it do not compile.
    """

    def __init__(self, **values: Value) -> None:
        self._values: dict[str, Value] = {}
        self._holders: list[object] = []
        self.set(**values)

    def join(self, shader: vtkShaderProperty) -> None:
        """Give a shader all uniforms, now and from now on."""
        for holder in (shader.GetVertexCustomUniforms(), shader.GetFragmentCustomUniforms()):
            self._holders.append(holder)
            for name, value in self._values.items():
                _set(holder, name, value)

    def set(self, **values: Value) -> None:
        """Change uniforms; costs microseconds."""
        for name, value in values.items():
            if self._values.get(name) != value:
                self._values[name] = value
                for holder in self._holders:
                    _set(holder, name, value)

    def __getitem__(self, name: str) -> Value:
        return self._values[name]


def rgb(colour: str) -> tuple[float, float, float]:
    """Return the red, green and blue of #rrggbb, 0 to 1 each."""
    return tuple(int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))  # type: ignore[return-value]


def _set(holder: object, name: str, value: Value) -> None:
    if not isinstance(value, tuple):
        holder.SetUniformf(name, value)  # type: ignore[attr-defined]
    else:
        getattr(holder, f"SetUniform{len(value)}f")(name, value)
