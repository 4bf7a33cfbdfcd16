"""OpenGL and VTK basics: window, textures, arrays, uniforms, capture."""
