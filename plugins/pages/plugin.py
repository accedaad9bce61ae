"""What pages of forms and objects are made of; modules use it through `api.py` and the templates `pages/`."""

from core.api import HOOK_API, Manifest

manifest = Manifest(
    key="pages", title="Liên Thông", summary="", version=HOOK_API, icon="file-text", builtin=True
)
