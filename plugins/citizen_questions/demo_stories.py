"""What people ask and are answered in sample data: invented, for no place in particular and about nobody."""

from typing import NamedTuple


class Matter(NamedTuple):
    """Something that people ask anywhere; {place} is where, {n} a number. `words` name whose business it may be."""

    topic: str
    title: str
    text: str
    answer: str
    words: tuple[str, ...] = ()


WORKS = ("Xây dựng",)
NATURE = ("Nông nghiệp", "Môi trường")
HEALTH = ("Y tế",)
NEIGHBOUR = ("Phường", "phường")
OFFICE = ("Văn phòng", "Chuyển đổi số", "Công nghệ")
EVERYWHERE = ("conduct", "papers")
"""What people ask a department about, whatever its business is."""
NEAR_PEOPLE = ("ward", "commune", "special_zone", "province")
OPENINGS = (
    "", "", "Cảm ơn bạn đã phản ánh. ", "Về việc ở {place}, cơ quan trả lời như sau. ", "Chúng tôi đã kiểm tra. ",
    "Bộ phận chuyên môn đã xem xét ngay khi nhận câu hỏi. ",
)  # fmt: skip
CLOSINGS = (
    "", "", "", " Còn vướng mắc, bạn hỏi tiếp tại đây.", " Kết quả sẽ báo lại trong {n} ngày tới.",
    " Người theo dõi trực tiếp đã được phân công.",
)  # fmt: skip

MATTERS = (
    Matter("business", "Khi nào khu hàng tươi sống ở {place} mở lại?",
           "Khu hàng tươi sống ở {place} đóng {n} ngày nay, tiểu thương chúng tôi phải bán tạm ngoài sân. Xin hỏi bao giờ mở lại?",
           "Khu hàng tươi sống đóng để thay hệ thống thoát nước, mở lại sau hai tuần. Trong lúc chờ, tiểu thương bán ở sân phía sau, không thu phí."),
    Matter("business", "Mở quán ăn nhỏ ở {place} cần đăng ký những gì?",
           "Tôi định mở quán bún ở {place}, chỉ có {n} bàn. Xin hỏi đăng ký ở đâu, lệ phí bao nhiêu?",
           "Đăng ký hộ kinh doanh tại bộ phận một cửa hoặc trực tuyến, trả kết quả trong 3 ngày làm việc. Quán cần cam kết an toàn thực phẩm theo mẫu gửi kèm."),
    Matter("papers", "{place} đổi tên sau sắp xếp, có phải làm lại giấy khai sinh không?",
           "Nơi tôi ở ({place}) đổi tên sau sắp xếp. Giấy khai sinh của con tôi ghi tên cũ, có phải làm lại không, mất bao nhiêu tiền?",
           "Không phải làm lại. Giấy đã cấp vẫn dùng được. Khi cần đổi vì lý do khác thì ghi tên mới, không thu phí vì đổi địa danh."),
    Matter("papers", "Trích lục khai sinh trực tuyến chờ đã {n} ngày",
           "Tôi nộp hồ sơ trích lục khai sinh trên Cổng Dịch vụ công đã {n} ngày, trạng thái vẫn là “đang xử lý”. Nhờ kiểm tra giúp.",
           "Hồ sơ thiếu ảnh mặt sau căn cước nên hệ thống giữ lại. Bộ phận một cửa đã nhận bổ sung và trả kết quả qua bưu điện.", OFFICE),
    Matter("land", "Hồ sơ cấp sổ đỏ ở {place} nộp hai tháng chưa có kết quả",
           "Tôi nộp hồ sơ cấp giấy chứng nhận cho thửa đất ở {place} đã hai tháng, gọi 0912 345 678 để hẹn lại nhưng chưa ai báo.",
           "Hồ sơ chờ đo lại ranh giới do thửa liền kề có tranh chấp. Đã hẹn đo và báo lịch. Kết quả trả trong 15 ngày làm việc sau khi đo.", NATURE),
    Matter("land", "Bao giờ giao đất tái định cư cho các hộ ở {place}?",
           "Gia đình tôi bàn giao mặt bằng đã {n} tháng, đang thuê nhà ở tạm. Xin hỏi bao giờ được giao đất ở {place}?",
           "Hạ tầng khu tái định cư đã nghiệm thu. Việc bốc thăm lô đất làm trong tháng tới; tiền thuê nhà tạm được chi trả đến ngày giao đất.", NATURE),
    Matter("environment", "Rác ở {place} không được thu gom đã {n} ngày",
           "Xe rác không vào {place} vì có xe đậu chắn lối. Rác tồn {n} ngày, mùi rất khó chịu. Nhờ cơ quan xử lý.",
           "Đã thu gom ngay trong ngày. Từ tuần này xe nhỏ vào lúc 18 giờ các ngày chẵn, có biển cấm đậu trong giờ đó."),
    Matter("environment", "Nước thải chảy ra mương ở {place}",
           "Cơ sở giết mổ xả nước thẳng ra mương ở {place}, cá chết nổi trắng. Đề nghị kiểm tra.",
           "Đoàn kiểm tra đã lấy mẫu, lập biên bản và đình chỉ hoạt động cho tới khi cơ sở có bể xử lý. Kết quả mẫu sẽ niêm yết tại trụ sở.", NATURE),
    Matter("environment", "Cây xanh ở {place} nghiêng ra đường sau bão",
           "Cây lớn ở {place} nghiêng ra mặt đường sau đợt mưa bão, cành khô rơi hằng ngày. Nhờ cắt tỉa trước khi có người bị nạn.",
           "Đã chống đỡ và cắt tỉa {n} cây trong khu vực, thay hai cây sâu mục. Thấy cây nguy hiểm, xin gọi số trực 24 giờ trên trang của cơ quan.", WORKS),
    Matter("transport", "Đèn đường ở {place} hỏng, đi lại nguy hiểm",
           "Đoạn {place} mất đèn hơn hai tuần, buổi tối các cháu đi học thêm rất nguy hiểm.",
           "Đã thay {n} bóng đèn và sửa tủ điện. Thấy đèn hỏng, gọi số trực ghi trên cột đèn để báo nhanh hơn.", WORKS),
    Matter("transport", "Ổ gà trước cổng trường ở {place}",
           "Mặt đường ở {place} có {n} ổ gà sau mùa mưa, phụ huynh đưa đón con đã ngã mấy lần.",
           "Đã dặm vá trong tuần; đoạn này đưa vào kế hoạch thảm nhựa quý tới.", WORKS),
    Matter("transport", "Nắp cống ở {place} mất đã {n} ngày",
           "Nắp hố ga ở {place} bị mất, người dân cắm cành cây báo hiệu. Xin thay sớm.",
           "Đã lắp nắp bê tông mới ngay trong ngày nhận phản ánh và rà soát toàn tuyến.", NEIGHBOUR),
    Matter("transport", "Xe tải chạy giờ cấm qua {place}",
           "Sáng nào cũng có xe tải chở đất chạy qua {place} đúng giờ học sinh tới trường.",
           "Đã phối hợp công an đặt chốt, xử lý {n} trường hợp và bổ sung biển cấm theo giờ.", WORKS),
    Matter("welfare", "Mẹ tôi 80 tuổi ở {place}, thủ tục nhận trợ cấp thế nào?",
           "Mẹ tôi ở {place} vừa tròn 80 tuổi, không có lương hưu. Tôi là Trần Thị Hoa, xin hỏi cần giấy tờ gì, nộp ở đâu?",
           "Cần tờ khai theo mẫu và căn cước để đối chiếu. Nộp ở bất cứ bộ phận một cửa nào, hoặc trên Cổng Dịch vụ công. Kết quả sau 7 ngày làm việc."),
    Matter("welfare", "Các hộ ở {place} chưa nhận được tiền hỗ trợ sau lũ",
           "Nhà tôi ở {place} ngập {n} ngày, đã kê khai thiệt hại mà chưa nhận hỗ trợ.",
           "Danh sách của khu vực đã được duyệt bổ sung, tiền chuyển qua tài khoản trong tuần sau. Hộ chưa có tài khoản nhận tại trụ sở.", NEIGHBOUR),
    Matter("education", "Tạm trú ở {place}, con có được học lớp 1 trường gần nhà?",
           "Gia đình tôi tạm trú ở {place} {n} năm. Con tôi năm nay vào lớp 1 thì có được học trường gần nhà không?",
           "Được. Trường nhận theo nơi ở thực tế. Đăng ký trực tuyến từ 01/7 đến 15/7, trường đối chiếu nơi ở trên dữ liệu dân cư."),
    Matter("education", "Trường mầm non ở {place} thu thêm tiền máy lạnh",
           "Lớp con tôi phải đóng thêm tiền máy lạnh {n}0 nghìn đồng mỗi tháng. Khoản này có đúng quy định không?",
           "Nhà trường chỉ được thu khoản có thoả thuận bằng văn bản với toàn thể phụ huynh. Trường đã hoàn lại khoản thu chưa đúng."),
    Matter("health", "Trạm y tế ở {place} có làm việc sáng thứ bảy không?",
           "Tôi đi làm cả tuần nên chỉ đưa con tiêm chủng được ngày thứ bảy. Trạm ở {place} có làm việc không?",
           "Trạm tiêm chủng sáng thứ bảy tuần thứ hai và thứ tư hằng tháng, từ 7 giờ 30. Các thứ bảy khác có người trực cấp cứu.", HEALTH),
    Matter("health", "Trạm y tế ở {place} hết thuốc huyết áp",
           "Mẹ tôi đến trạm ở {place} ba lần vẫn chưa có thuốc huyết áp theo bảo hiểm.",
           "Thuốc đã được điều chuyển từ trạm lân cận, người bệnh nhận từ đầu tuần. Danh mục thuốc còn tại trạm nay công bố hằng ngày.", HEALTH),
    Matter("conduct", "Cán bộ một cửa hẹn lại {n} lần",
           "Tôi bị hẹn lại {n} lần, mỗi lần thiếu một giấy tờ khác nhau. Đề nghị hướng dẫn một lần cho đủ.",
           "Chúng tôi xin lỗi bạn. Đã nhắc bộ phận tiếp nhận: mọi yêu cầu bổ sung phải ghi một lần bằng phiếu. Hồ sơ của bạn đã trả kết quả."),
    Matter("conduct", "Bộ phận một cửa có nhận hồ sơ ngoài giờ hành chính không?",
           "Nhà tôi ở {place}, đi làm cả ngày. Xin hỏi có buổi nào nhận hồ sơ sau 17 giờ hoặc sáng thứ bảy không?",
           "Có. Sáng thứ bảy hằng tuần có người trực nhận và trả kết quả; các ngày khác nộp trực tuyến được suốt ngày đêm."),
    Matter("conduct", "Gọi số điện thoại công bố {n} lần không ai nghe",
           "Tôi gọi số ghi trên trang của cơ quan {n} lần trong giờ làm việc để hỏi về hồ sơ ở {place} mà không ai nghe máy.",
           "Chúng tôi xin lỗi bạn. Tổng đài hỏng đã được thay; cuộc gọi nhỡ trong giờ làm việc nay được gọi lại trong buổi."),
    Matter("papers", "Nộp phí trực tuyến {n} ngày vẫn báo chưa thanh toán",
           "Tôi đã nộp phí cho hồ sơ ở {place}, tài khoản bị trừ tiền nhưng hệ thống vẫn báo chưa thanh toán.",
           "Giao dịch đã được đối soát, hồ sơ chuyển sang bước thẩm định. Bạn không phải nộp lại.", OFFICE),
    Matter("papers", "Tra cứu kết quả hồ sơ ở đâu?",
           "Tôi nộp hồ sơ qua bưu điện từ {place} đã {n} ngày. Xin hỏi xem kết quả ở đâu, có phải đến nơi không?",
           "Bạn tra bằng mã ghi trên biên nhận tại Cổng Dịch vụ công. Kết quả gửi về địa chỉ bạn đăng ký, không phải đến nơi."),
    Matter("order", "Hát karaoke ở {place} ồn tới khuya",
           "Một nhà ở {place} hát loa kéo tới 23 giờ hầu như mỗi tối, hàng xóm đã nhắc mà không được.",
           "Đã làm việc và lập biên bản nhắc nhở. Sau 22 giờ còn ồn, gọi trực ban công an phường; tái phạm sẽ bị phạt.", NEIGHBOUR),
    Matter("order", "Chó thả rông ở {place}",
           "Khu {place} có {n} con chó thả rông, trẻ con không dám ra đường.",
           "Tổ bắt chó thả rông đã ra quân hai tối, nhắc nhở các hộ nuôi và phạt một trường hợp không rọ mõm.", NEIGHBOUR),
    Matter("other", "Xin lắp thêm sân tập thể dục ở {place}",
           "Người lớn tuổi ở {place} mong có vài dụng cụ tập ngoài trời.",
           "Đã đưa {n} bộ dụng cụ vào kế hoạch năm nay, lắp tại công viên nhỏ đầu khu phố."),
)  # fmt: skip


def matters_of(kind: str, name: str) -> tuple[Matter, ...]:
    """Return what people ask an agency about: everything where they live, of a department only its own business."""
    if not kind or kind in NEAR_PEOPLE:
        return MATTERS
    own = tuple(each for each in MATTERS if any(word in name for word in each.words))
    return own * 2 + tuple(each for each in MATTERS if each.topic in EVERYWHERE and each not in own)


REFUSED = (
    ("complaint", "Mời bạn gửi đơn tại nơi tiếp công dân của cơ quan."),
    ("unclear", "Bạn cho biết rõ địa điểm và thời gian để chúng tôi xem xét."),
    ("repeated", "Câu hỏi này đã được trả lời ở mục Dân hỏi tháng trước."),
    ("repeated", "Bạn xem câu trả lời cùng nội dung đã công khai."),
    ("spam", ""),
    ("abusive", "Mong bạn gửi lại bằng lời lẽ phù hợp."),
)
THANKS = (
    (5, "Trả lời rõ, đã làm đúng hẹn."), (5, ""), (5, "Cảm ơn cơ quan."), (4, ""), (4, "Được việc, hơi lâu."), (4, ""), (3, ""),
    (3, "Chưa thấy làm như đã nói."), (2, "Trả lời chung chung."), (1, "Vẫn như cũ."),
)  # fmt: skip
CORRECTIONS = (
    "Ghi rõ ngày và nơi nộp, bớt thuật ngữ.",
    "Thêm căn cứ và thời hạn.",
    "Rút gọn, trả lời thẳng vào câu hỏi.",
)
