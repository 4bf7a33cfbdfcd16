"""Export a basin's data as named VTK blocks, for PyVista and ParaView."""
