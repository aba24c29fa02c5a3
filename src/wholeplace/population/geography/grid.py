"""British National Grid to longitude and latitude.

The published method (Ordnance Survey, "A guide to coordinate systems in Great Britain",
annexes B and C): Airy 1830 transverse Mercator undone, then the seven-number Helmert step
to WGS84. Good to about five metres, which a postcode's centre does not need.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

AIRY_A, AIRY_B = 6377563.396, 6356256.909
WGS_A, WGS_B = 6378137.000, 6356752.3142
SCALE, NORTHING_0, EASTING_0 = 0.9996012717, -100000.0, 400000.0
LATITUDE_0, LONGITUDE_0 = np.radians(49.0), np.radians(-2.0)
SHIFT = np.array([446.448, -125.157, 542.060])
TURN = np.radians(np.array([0.1502, 0.2470, 0.8421]) / 3600.0)
STRETCH = -20.4894e-6


def to_degrees(eastings: Floats, northings: Floats) -> tuple[Floats, Floats]:
    """Longitudes and latitudes in WGS84 degrees of grid points in metres."""
    latitude, longitude = unproject(eastings, northings)
    x, y, z = to_cartesian(latitude, longitude)
    turned = (
        SHIFT[0] + (1 + STRETCH) * x - TURN[2] * y + TURN[1] * z,
        SHIFT[1] + TURN[2] * x + (1 + STRETCH) * y - TURN[0] * z,
        SHIFT[2] - TURN[1] * x + TURN[0] * y + (1 + STRETCH) * z,
    )
    return from_cartesian(*turned)


def meridian_arc(latitude: Floats) -> Floats:
    """Distance in metres along the central meridian from the true origin."""
    n = (AIRY_A - AIRY_B) / (AIRY_A + AIRY_B)
    less, more = latitude - LATITUDE_0, latitude + LATITUDE_0
    terms = (
        (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
        - (3 * n + 3 * n**2 + 2.625 * n**3) * np.sin(less) * np.cos(more)
        + (1.875 * n**2 + 1.875 * n**3) * np.sin(2 * less) * np.cos(2 * more)
        - (35 / 24) * n**3 * np.sin(3 * less) * np.cos(3 * more)
    )
    return np.asarray(AIRY_B * SCALE * terms, dtype=np.float64)


def unproject(eastings: Floats, northings: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude in radians on the Airy ellipsoid."""
    latitude = np.full_like(northings, LATITUDE_0)
    for _ in range(8):  # converges to well under a millimetre within Great Britain
        latitude = latitude + (northings - NORTHING_0 - meridian_arc(latitude)) / (AIRY_A * SCALE)
    e2 = 1 - (AIRY_B / AIRY_A) ** 2
    sin2, tan = np.sin(latitude) ** 2, np.tan(latitude)
    nu = AIRY_A * SCALE / np.sqrt(1 - e2 * sin2)
    rho = AIRY_A * SCALE * (1 - e2) * (1 - e2 * sin2) ** -1.5
    eta2, sec, east = nu / rho - 1, 1 / np.cos(latitude), eastings - EASTING_0
    vii = tan / (2 * rho * nu)
    viii = tan / (24 * rho * nu**3) * (5 + 3 * tan**2 + eta2 - 9 * tan**2 * eta2)
    ix = tan / (720 * rho * nu**5) * (61 + 90 * tan**2 + 45 * tan**4)
    x, xi = sec / nu, sec / (6 * nu**3) * (nu / rho + 2 * tan**2)
    xii = sec / (120 * nu**5) * (5 + 28 * tan**2 + 24 * tan**4)
    return (
        latitude - vii * east**2 + viii * east**4 - ix * east**6,
        LONGITUDE_0 + x * east - xi * east**3 + xii * east**5,
    )


def to_cartesian(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats, Floats]:
    """Earth-centred metres on the Airy ellipsoid, at its surface."""
    e2 = 1 - (AIRY_B / AIRY_A) ** 2
    nu = AIRY_A / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    return (
        nu * np.cos(latitude) * np.cos(longitude),
        nu * np.cos(latitude) * np.sin(longitude),
        (1 - e2) * nu * np.sin(latitude),
    )


def from_cartesian(x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees on the WGS84 ellipsoid."""
    e2 = 1 - (WGS_B / WGS_A) ** 2
    flat = np.hypot(x, y)
    latitude = np.arctan2(z, flat * (1 - e2))
    for _ in range(5):
        nu = WGS_A / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
        latitude = np.arctan2(z + e2 * nu * np.sin(latitude), flat)
    return np.degrees(np.arctan2(y, x)), np.degrees(latitude)
