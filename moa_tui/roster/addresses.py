"""An address as it stands in a file, brought into the form that all of the program works with."""

from pydantic_core import PydanticCustomError

from moa_tui.roster.hosts import AddressError, canonical


def checked_address(url: str) -> str:
    """Return `url` in its canonical form; raises an error of pydantic where its host cannot be one.

    What is no address of http at all is left to whoever knows the rest of the file.
    """
    if not url.isprintable():
        raise PydanticCustomError("address", "should be an address such as https://host/v1")
    try:
        address = canonical(url)
    except AddressError as error:
        # The words are no template: what stands in braces in them is text.
        raise PydanticCustomError("address", "{why}", {"why": str(error)}) from None
    if address.rstrip("/").endswith("/chat/completions"):
        raise PydanticCustomError("address", "should end before /chat/completions")
    return address
