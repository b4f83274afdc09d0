"""What thresholds may be: types of the checks' fields, by which a policy is validated."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

__all__ = ["Count", "Difference", "Margin", "Share", "Yes"]

Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
"""A share, from 0 to 1."""

Difference = Annotated[float, Field(strict=True, ge=-1, le=1, allow_inf_nan=False)]
"""The difference of two shares, from -1 to 1."""

Margin = Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)]
"""A difference above 0."""

Count = Annotated[int, Field(strict=True, ge=0)]
"""A whole number from 0 up."""

Yes = Annotated[bool, Field(strict=True)]
"""true or false."""
