"""What-if panel: inflow and releases routed, beside the live level."""
