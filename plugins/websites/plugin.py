"""What the agencies' sites declare."""

from core.api import N_, Manifest
from plugins.websites import models  # noqa: F401 - checks of the database read the models

manifest = Manifest(
    key="websites",
    title=N_("Trang thông tin điện tử"),
    summary=N_(
        "Trang của cơ quan trong cổng của tỉnh: tin bài, giới thiệu, văn bản, thông báo; viết, biên tập, duyệt đăng"
    ),
    version="1.0",
    icon="world",
    public_root=True,
)
