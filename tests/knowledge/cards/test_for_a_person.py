"""Cards as they are filled for somebody's own case: the question is read, its card rendered, and the amount is his."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.cards.reader import load_cards
from knowledge.cards.rendering import render
from knowledge.rates import load_rates
from knowledge.understanding.facts import read_facts

TODAY = date(2026, 11, 22)
CARDS = {card.id: card for card in load_cards()}
RATES = load_rates()

CASES = [
    ("ho-tro-theo-nhom", "Hộ cận nghèo được nhà nước cho 40% của 3 triệu em chọn là 1,2 triệu hả",
     "Không phải 1.200.000 đồng: phần hỗ trợ tính trên mức đóng thấp nhất", "Có."),
    ("ho-tro-theo-nhom", "20% của 2 triệu 5 em chọn là 500 ngàn đúng không", "anh/chị tự đóng 484.000 đồng/tháng", "Có."),
    ("lh-bat-dau-thang-nao", "Nộp nốt phần thiếu trong tháng 8/2026 thì khi nào có lương", "Từ tháng 9/2026", "ngày đầu của tháng"),
    ("rt-ngung-bao-lau", "Đóng từ 2018, tháng cuối đóng là 6/2025, một năm tính từ đâu", "được rút từ ngày 1/7/2026", "Chưa được"),
    ("lh-he-so-truot-gia", "Tiền đóng năm 2012 với năm 2019 được nhân mấy", "2012 được nhân 1,51; thu nhập đã đóng năm 2019", "Ví dụ"),
    ("lh-ty-le-toi-da", "Nữ đóng 33 năm được 90% không", "Không có mức 90%.", "Chưa kịch"),
    ("a-cach-tinh-tien-hoan", "Đóng cả năm, còn 4 tháng chưa dùng thì hoàn mấy", "1.056.000 đồng", "mới qua"),
    ("a-cach-tinh-tien-hoan", "Đóng 6 tháng một lần, mới 2 tháng thì đi làm công ty", "còn 4 tháng chưa đến", "1.584.000"),
    ("rt-tinh-tien", "Đóng 2 năm (2012-2013) rồi 4 năm từ 2016 đến 2019, bình quân 2 triệu", "22.000.000 đồng", "Anh/chị cho biết"),
    ("ho-tro-dia-phuong", "Quê Nghệ An, nhập khẩu Sài Gòn, hộ cận nghèo", "Thành phố Hồ Chí Minh được tổng cộng 65%", "Nghệ An"),
    ("ho-tro-theo-nhom", "Dân Lý Sơn, nghe nói phải hộ nghèo mới được một nửa hả", "Người ở xã đảo", "Hộ nghèo được"),
    ("th-tuoi-va-so-nam", "Má sinh 1966, đóng 6 năm, không đóng nữa", "Không đóng tiếp thì được chọn", "đến lúc đó"),
    ("cd-da-rut-mot-phan-truoc-day", "Năm 2021 tôi rút một lần hết rồi, năm cũ có tính không", "Không được tính", "Có,"),
    ("tang-muc-dong-2027", "Tháng 12 này vào thì theo chuẩn nào", "Tháng 12/2026 vẫn theo mức hiện nay", "Tháng 1/2027 vẫn"),
    ("vp-cong-ty-khong-dong", "Xưởng 30 công nhân không đăng ký bảo hiểm phạt mấy", "từ 10.000.000 đồng đến 15.000.000 đồng", "dưới 10"),
    ("vp-cong-ty-khong-dong", "Công ty trốn đóng phạt sao", "18% đến 20%", "30 người"),
    ("lq-bao-lo-du-lieu", "Lộ dữ liệu báo mấy giờ", "72 giờ", "ngày"),
    ("lq-cong-dan-so", "Ngày công dân số", "15/10 hằng năm", "15/8/2026 hằng năm"),
    ("lh-dong-tiep-sau-khi-du", "Chú tôi đang lãnh lương hưu, muốn đóng thêm cho cao", "Không, vì đã đang hưởng", "Được."),
    ("ty-le-luong-huu", "Nữ đóng 16 năm hay 26 năm thì tỷ lệ khác sao", "16 năm được 47%, 26 năm được 67%", "nam"),
    ("a-cach-tinh-tien-hoan", "Hộ nghèo nộp 6 tháng, còn 3 tháng chưa tới thì đi làm công ty", "495.000 đồng", "594.000"),
    ("lh-tang-8", "Ông nghỉ hưu từ năm 1993, tăng 8% rồi còn thấp", "dưới 3.800.000 đồng/tháng", "3.888.000"),
    ("dong-bu-huong-tu-thang-nao", "Tháng 5/2027 nộp xong phần thiếu", "hưởng từ tháng 6/2027", "7/2027"),
    ("th-tuoi-va-so-nam", "Tôi nam 63 tuổi, làm công ty 14 năm 9 tháng", "theo mức bắt buộc", "Ước tính"),
    ("rt-ngung-bao-lau", "Làm công ty từ 2011 tới 2018, từ 9/2025 đóng tự nguyện", "Được rút", "Không được"),
    ("lh-dieu-uoc-quoc-te", "Đóng ở Hàn theo hiệp định", "2,25%", "45%"),
    ("muc-dong-cao-nhat", "Tối đa chọn được 45 triệu phải không", "Không phải 45.000.000 đồng.", "Không chọn được"),
    ("so-tien-muon-dong", "Muốn 22% ra 1.320.000 thì chọn mức nào", "Chọn thu nhập 6.000.000 đồng thì 22% là 1.320.000", "Với"),
    # card, question, what it must say, what it must not
    ("ho-tro-theo-nhom", "Hộ nghèo và là người dân tộc thiểu số, được 80% phải không?", "Không phải 80%.", "Có."),
    ("ho-tro-theo-nhom", "Hộ nghèo và là người dân tộc thiểu số thì sao", "mức cao nhất, không cộng dồn", "Không phải"),
    ("ho-tro-theo-nhom", "Hộ nghèo ở Hà Nội được 100% đúng không?", "Có. Hộ nghèo", "Không phải"),
    ("ho-tro-theo-nhom", "Ở Nghệ An không thuộc hộ nghèo được hỗ trợ thêm không?", "tổng cộng 25%", "264.000"),
    ("ho-tro-theo-nhom", "Nhà cận nghèo, đóng 1,5tr thì mỗi tháng bao nhiêu", "tự đóng 198.000 đồng/tháng", "6.818.181"),
    ("sau-khi-het-ho-tro", "Hộ nghèo đóng đến tháng 121 trả bao nhiêu?", "330.000 đồng/tháng", "165.000"),
    ("tien-theo-ky", "Đóng một lần cho 5 năm hết bao nhiêu, mức thấp nhất?", "18.098.148 đồng", "3.960.000"),
    ("so-tien-muon-dong", "Muốn chọn thu nhập 60 triệu một tháng", "Không được, thu nhập chọn cao nhất là 50.600.000", "ước tính"),
    ("tien-dong-bu", "Nữ 57 tuổi, đóng được 12 năm, mức 1,5 triệu, phần thiếu tốn bao nhiêu", "12.586.622 đồng", "21.791.542"),
    ("a-chua-den-tuoi-dong-bu", "Bà ngoại em 58 tuổi đóng được 8 năm, đóng bù một lần được không", "còn thiếu 7 năm", "Được:"),
    ("a-chua-den-tuoi-dong-bu", "Mới 45 tuổi, đóng được 8 năm", "Không. Đóng một lần", "còn thiếu 7 năm"),
    ("luong-huu-bao-nhieu-tien", "Nữ đóng 5 năm mức 1,5 triệu rồi 10 năm mức 3 triệu lương hưu mấy",
     "1.125.000 đồng/tháng, bằng 45% của bình quân 2.500.000", "675.000"),
    ("luong-huu-bao-nhieu-tien", "Nam 30 năm bình quân 5 triệu, đóng thêm 5 năm",
     "Nam đóng 35 năm: lương hưu khoảng 3.750.000", "mức thấp nhất"),
    ("lh-tro-cap-phan-dong-vuot", "Nam đóng 38 năm có trợ cấp một lần không", "1,5 tháng mức bình quân", "Nữ đóng trên"),
    ("lh-muc-binh-quan", "lúc đầu đóng mức 2 triệu 6 năm, sau đóng mức 5 triệu 12 năm, bình quân tính sao",
     "Bình quân khoảng 4.000.000 đồng", "Không."),
    ("lh-gop-bat-buoc-tu-nguyen", "Nữ bắt buộc 16 năm, tự nguyện 4 năm, bình quân chung 5 triệu", "Tổng 20 năm", "còn thiếu"),
    ("luong-huu-bao-nhieu-tien", "đóng 22 năm 8 tháng bình quân 3 triệu", "khoảng 1.530.000 đồng/tháng, bằng 51%", "49%"),
    ("luong-huu-bao-nhieu-tien", "Nữ 30 tuổi thu nhập 4 triệu đóng tới lúc nghỉ hưu", "khoảng 3.000.000 đồng/tháng, bằng 75%", "1.800.000"),
    ("lh-so-nam-nay-co-khong", "Đóng 14 năm 11 tháng thì đủ điều kiện hưu chưa?", "còn thiếu 1 tháng", "1 năm"),
    ("dieu-kien-luong-huu", "Phải đóng đủ 20 năm mới có lương hưu hả?", "Không cần đến 20 năm", "Chưa đủ"),
    ("nh-theo-ngay-sinh", "Nam, sinh năm 1975, mấy tuổi về hưu", "khi 62 tuổi, trong khoảng từ tháng 1/2037", "Nữ sinh"),
    ("nh-theo-ngay-sinh", "Nữ sinh năm 1970", "57 tuổi 4 tháng đến 57 tuổi 8 tháng tùy tháng sinh", "Nam sinh"),
    ("rt-ngung-bao-lau", "Đóng từ tháng 8/2025, nghỉ 12 tháng rồi rút được không", "Không được chỉ vì ngừng đóng", "Có, nếu"),
    ("rt-ai-duoc-rut", "Ba bị ung thư, tham gia từ năm 2026, rút được không", "Được rút ngay", "Chưa được"),
    ("rt-tinh-tien", "3 năm trước 2014 và 7 năm sau, bình quân 2 triệu, rút bao nhiêu", "37.000.000 đồng", "9.000.000"),
    ("htxh-ai-duoc", "Tôi 68 tuổi, không lương hưu, có được trợ cấp không", "Chưa đến tuổi", "Có, nếu"),
    ("tcht-uoc-tinh", "Đóng được 7 năm mức 1,5 triệu được mấy tháng", "khoảng 42 tháng", "nam hay nữ"),
    ("tut-nguoi-huong-luong-huu", "Đang hưởng lương hưu mà chết sau 14 tháng", "42 tháng lương hưu", "48 tháng lương hưu,"),
    ("tut-mai-tang-dieu-kien", "Anh tôi mất, đóng 4 năm rưỡi thì có mai táng không", "chưa có mai táng", "25.300.000"),
    ("ai-duoc-tham-gia", "Con em 14 tuổi tham gia được chưa", "Chưa được: 14 tuổi", "Chưa được: 15"),
    ("nghi-viec-dong-tiep", "Đóng bắt buộc 8 năm, về quê đóng tự nguyện 9 năm, có mất không", "là 17 năm", "Được."),
    ("ts-dieu-kien-thang-dong", "Đóng tự nguyện 3 tháng, trước đó đóng công ty 4 tháng", "Được, nếu 7 tháng", "mới có"),
    ("ts-thai-luu-con-mat", "Sảy thai 10 tuần có được tiền không", "Chưa được: 10 tuần", "Được, nếu 10"),
    ("ho-tro-theo-nhom", "Người thường được 10% thôi phải không?", "Không phải 10%. Không thuộc diện ưu tiên", "dân tộc"),
    ("ho-tro-theo-nhom", "Hà Nội hỗ trợ thêm những ai?", "Hà Nội hỗ trợ thêm: hộ nghèo 50%, hộ cận nghèo 60%", "30%,"),
    ("ho-tro-bao-lau", "Được hỗ trợ 7 năm rồi, đóng lại còn mấy năm", "còn 3 năm nữa", "Không còn"),
    ("rt-tinh-tien", "Rút một lần 10 năm từ 2015 tới 2025, mức 3 triệu", "60.000.000 đồng", "Anh/chị cho biết"),
    ("rt-ai-duoc-rut", "Tham gia tháng 7/2025, giờ nghỉ rút được không", "Chưa được chỉ vì ngừng đóng", "Được rút khi"),
    ("rt-ngung-bao-lau", "Đóng từ 2018, ngừng đóng từ tháng 3/2026, khi nào rút được", "từ ngày 1/4/2027", "Có,"),
    ("rt-ngung-bao-lau", "Khi nào thì rút được", "tháng cuối đã đóng là 11/2026 thì được rút từ ngày 1/12/2027", "Chưa được"),
    ("rt-tinh-tien", "Đóng 12 năm, trong đó 3 năm trước 2014, bình quân 1,8 triệu", "40.500.000 đồng", "43.200.000"),
    ("rt-tru-ho-tro", "Hộ nghèo rút một lần bị trừ bao nhiêu", "mỗi tháng đóng hiện nay trừ 165.000 đồng", "66.000"),
    ("rt-tru-ho-tro", "Bị ung thư thì có trừ không", "Không bị trừ", "66.000"),
    ("rt-rut-loi-hay-lo", "Rút có lỗ không", "tự đóng 3.168.000 đồng, rút về khoảng 2.208.000 đồng", "lãi"),
    ("rt-nen-rut-hay-cho", "Nữ đóng 10 năm mức 2 triệu nên rút hay để", "40.000.000 đồng", "nam"),
    ("rt-nen-rut-hay-cho", "Nữ đóng 10 năm mức 2 triệu nên rút hay để", "lương hưu 900.000 đồng/tháng", "Việc chọn"),
    ("rt-mat-suc-khuyet-tat", "giám định 65%, rút được không", "Không, mức giám định đó chưa tới 81%", "Được:"),
    ("tut-tuat-mot-lan-tinh", "Anh tôi đóng được 12 năm, trong đó 3 năm trước 2014, bình quân 1,8 triệu", "40.500.000 đồng", "43.200.000"),
    ("tut-tuat-mot-lan-tinh", "Đóng 4 năm mức 3 triệu", "31.680.000 đồng, bằng số tiền đã đóng", "lần mức bình quân 3.000.000"),
    ("tut-gia-dinh-duoc-gi", "Đóng từ 2019 mức 3 triệu được 7 năm 2 tháng", "tuất một lần ước tính 45.000.000 đồng", "nếu"),
    ("tnld-muc-dong", "đóng 3 năm hết bao nhiêu", "Đóng 3 năm hết 1.332.000 đồng", "2.664.000"),
    ("ts-muc-tro-cap", "sinh mấy con thì mấy triệu", "sinh đôi 4.000.000 đồng, sinh ba 6.000.000 đồng", "cho 2 con"),
    ("ts-dieu-kien-thang-dong", "Đóng từ tháng 8/2026 thì sinh có được không", "tháng 1/2027 mới là tháng thứ 6", "Được, nếu đóng đều"),
    ("ts-dieu-kien-thang-dong", "Đóng được 7 tháng thì sinh con có được không", "Được, nếu 7 tháng", "Cần có"),
    ("ai-duoc-tham-gia", "16 tuổi đi làm mướn, đóng được không", "Có. 16 tuổi là đủ tuổi", "Chưa được"),
    ("lon-tuoi-tham-gia", "Ông 78 tuổi muốn tham gia", "chưa chắc được tham gia", "Được tham gia."),
    ("so-tien-muon-dong", "Tháng chỉ đóng được 180k, hộ cận nghèo", "Chưa đủ: mức thấp nhất phải tự đóng là 198.000", "Đủ:"),
    ("so-tien-muon-dong", "Mỗi tháng tôi muốn đóng 500k", "chưa trừ hỗ trợ thì ứng với thu nhập khoảng 2.272.000", "Chưa đủ"),
    ("muc-dong-cao-nhat", "Mức cao nhất", "50.600.000 đồng", "46.800.000"),
    ("ts-sinh-truoc-luat-moi", "Em dự sinh tháng 4 năm sau, nay mới vô", "6 tháng", "Có lẽ là không"),
    ("muc-dong-cao-nhat", "Tối đa chọn được 46,8 triệu phải không", "áp dụng từ 1/7/2026, thay mức 46.800.000", "Không chọn được"),
    ("a-so-tien-nay-co-dung-khong", "Nghe nói chỉ đóng 154.000 đồng", "Không, 154.000 đồng là mức thấp nhất cũ", "Còn tùy"),
    ("a-so-tien-nay-co-dung-khong", "Trước nay đóng 297.000 đồng", "trước 1/7/2025", "mức thấp nhất cũ"),
    ("a-so-tien-nay-co-dung-khong", "Hộ nghèo đóng cả năm 1.980.000 đồng", "12 × 165.000 đồng", "Không,"),
    ("a-so-tien-nay-co-dung-khong", "Có người đóng 231.000 đồng", "Đúng với người dân tộc thiểu số", "trước 1/7/2025"),
    ("a-so-tien-nay-co-dung-khong", "Đóng 22.000 đồng một tháng", "không có mức nào thấp như 22.000", "Đúng"),
    ("a-dang-dong-muc-san-cu", "Đang đóng mức 2 triệu", "phải chọn lại từ 2.200.000 đồng", "Không phải đổi"),
    ("a-dang-dong-muc-san-cu", "Đang chọn thu nhập 3 triệu", "tự đóng 563.200 đồng/tháng thay vì 594.000", "Có, với"),
    ("a-dang-dong-muc-san-cu", "Đang đóng 700.000 đồng", "là chuẩn nghèo cũ", "Không phải đổi"),
    ("a-dang-dong-muc-san-cu", "Đang đóng 440.000 đồng mỗi tháng", "Tùy thu nhập đã chọn", "Không phải đổi"),
    ("a-cach-tinh-tien-hoan", "Đóng 6 tháng một lần, mới 2 tháng thì vô công ty", "được hoàn khoảng 1.056.000 đồng", "Ví dụ"),
    ("tang-muc-dong-2027", "Hộ cận nghèo năm sau đóng mấy", "hộ cận nghèo tự đóng 290.400 đồng/tháng thay vì 198.000", "387.200"),
    ("han-dong", "Đóng 6 tháng một lần thì hạn chót khi nào", "phải nộp trong 4 tháng đầu của kỳ", "6 tháng một lần thì trong"),
    ("tre-han-dong", "Đóng 12 tháng một lần mà trễ", "hạn nộp là trong 7 tháng đầu của kỳ", "nửa năm"),
    ("tien-theo-ky", "Đóng bù 4 năm mức 1,5 triệu", "khoảng 17.103.618 đồng", "3.168.000"),
    ("tien-theo-ky", "Hộ cận nghèo đóng 6 tháng một lần", "hộ cận nghèo tự đóng 1.188.000 đồng", "không thuộc"),
    ("dong-bu-thoi-gian-thieu", "Nữ 57 tuổi đóng được 11 năm", "đã đủ tuổi nghỉ hưu và còn thiếu 4 năm", "Chưa được"),
    ("dong-bu-thoi-gian-thieu", "Nữ 50 tuổi đóng được 13 năm", "Chưa được: 50 tuổi", "Ước tính"),
    ("thieu-duoi-sau-thang", "Đủ tuổi, còn thiếu 4 tháng bắt buộc", "Được đóng một lần cho 4 tháng bắt buộc", "thiếu 4 tháng là nhiều hơn"),
    ("hoan-tra-tien", "Đóng cả năm, mới được 5 tháng thì đi làm công ty", "được hoàn khoảng 1.848.000 đồng", "giá đã chiết khấu"),
    ("a-con-dong-sau-ho-tro-dia-phuong", "Cận nghèo ở TP.HCM chọn thu nhập 2 triệu", "tự đóng 225.500 đồng/tháng", "115.500"),
    ("sau-khi-het-ho-tro", "Em đóng được 9 năm 6 tháng", "còn 6 tháng nữa", "Không còn hỗ trợ khi"),
    ("khong-chung-minh-thu-nhap", "Bán vé số chọn mức 20 triệu", "4.334.000 đồng/tháng (4.400.000 đồng trừ hỗ trợ 66.000", "264.000"),
    ("a-dan-toc-nao-duoc-ho-tro", "Người Hrê đóng theo quý mức 2 triệu", "tự đóng 1.023.000 đồng", "231.000"),
    ("luong-huu-bao-nhieu-tien", "Đóng 154 nghìn mỗi tháng 20 năm, nữ lãnh mấy đồng", "thấp nhất 330.000 đồng/tháng", "154.000 đồng/tháng"),
    ("muon-luong-huu-bao-nhieu", "Nữ đóng 20 năm muốn lương hưu 3 triệu", "thu nhập 5.455.000 đồng", "825.000"),
    ("ty-le-luong-huu", "Đàn ông đóng 15 năm được 45% đúng không?", "Không phải 45%: nam đóng 15 năm được 40%", "Đúng:"),
    ("ty-le-luong-huu", "Phụ nữ đóng 15 năm được 45% đúng không?", "Đúng: nữ đóng 15 năm được 45%", "Không phải"),
    ("thang-le", "Nữ đóng 17 năm 4 tháng bình quân 4 triệu", "như 17,5 năm, nữ 50% (khoảng 2.000.000 đồng/tháng)", "còn thiếu"),
    ("lh-tang-8", "Đang lãnh hưu 1.500.000 đồng từ năm 2024, tăng 8% được mấy", "của tháng đó lên 1.620.000 đồng", "Không."),
    ("lh-tang-8", "Hưởng lương hưu từ tháng 8/2026 có được 8% không", "hưởng từ tháng 8/2026 nên không được cộng", "Có."),
    ("nh-ngoai-le-60-55", "Tham gia tự nguyện từ tháng 5/2021, 55 tuổi nghỉ được không", "Không. Anh/chị tham gia từ tháng 5/2021", "Có."),
    ("nh-ngoai-le-60-55", "Nam 60 tuổi, đóng tự nguyện từ năm 2008, được 18 năm", "18 năm chưa đủ 20 năm", "nữ đủ"),
    ("nh-tuoi-nam-nay", "Nữ 55 tuổi đã về hưu được chưa", "55 tuổi thì nữ chưa đủ tuổi: Năm 2026", "nam phải"),
    ("lh-bat-dau-thang-nao", "Tháng 12/2026 đủ tuổi đủ năm thì tháng mấy lãnh", "Từ tháng 1/2027", "2027 thì"),
    ("lh-tro-cap-phan-dong-vuot", "Nữ đóng 33 năm bình quân 4 triệu", "6.000.000 đồng: vượt 3 năm × 0,5", "Chưa:"),
    ("lh-tro-cap-phan-dong-vuot", "Nữ đóng 33 năm bình quân 4 triệu", "tức 24.000.000 đồng", "Chưa:"),
    ("lh-so-sanh-muc", "Nữ đóng 20 năm mức 2 triệu hay 4 triệu", "4.000.000 đồng được khoảng 2.200.000 đồng/tháng", "Nam"),
    ("lh-nen-dong-may-nam", "Đàn ông mức 3 triệu, 15 năm hay 20 năm", "20 năm được 45%, khoảng 1.350.000 đồng", "Nữ"),
    ("lh-gop-bat-buoc-tu-nguyen", "Nữ đóng bắt buộc 8 năm rồi tự nguyện 9 năm, thu nhập 4 triệu", "49%, ước tính 1.960.000", "thiếu"),
    ("rt-nen-rut-hay-cho", "Nữ đóng 16 năm bình quân 3 triệu, rút hay giữ", "được khoảng 96.000.000 đồng", "Tôi không quyết"),
    ("th-lon-tuoi-moi-tham-gia", "Nữ 42 tuổi mức thu nhập 3 triệu giờ mới đóng", "đóng 18 năm thì lương hưu ước tính 1.530.000", "Nam"),
    ("htxh-co-luong-huu-thap", "Má 77 tuổi lương hưu được có 380 nghìn", "nhận thêm 120.000 đồng cho bằng 500.000", "Chưa:"),
    ("tcht-uoc-tinh", "Nam 62 tuổi đóng được 9 năm mức 2 triệu", "khoảng 72 tháng, mỗi tháng 500.000 đồng", "nam hay nữ"),
    ("lh-tang-8", "Nghe nói lương hưu tăng 15% phải không?", "Không phải 15%: từ 1/7/2026 lương hưu tăng 8%", "Có."),
    ("th-du-nam-cho-tuoi", "Chồng tôi 60 tuổi đóng được 17 năm", "nam 60 tuổi phải chờ đến 62 tuổi", "nữ mỗi năm"),
    ("lh-so-nam-nay-co-khong", "Nữ 55 tuổi đóng được 15 năm", "55 tuổi chưa đủ tuổi: năm 2026, nữ phải đủ 57 tuổi", "Có,"),
    ("th-thieu-nam-co-mat-trang-khong", "Đóng được 10 năm thì mất trắng hả?", "Không mất. 10 năm của anh/chị", "15 năm của"),
    ("lh-ty-le-toi-da", "Nữ đóng 30 năm đã kịch chưa", "nữ đóng 30 năm đã đạt mức cao nhất 75%", "Chưa kịch"),
    ("luong-huu-bao-nhieu-tien", "Nữ đóng 20 năm, bình quân 3 triệu", "Mức này mỗi tháng đóng 660.000 đồng", "mức thấp nhất"),
    ("rt-ai-duoc-rut", "Đóng được 22 năm rồi nghỉ, giờ rút được không", "từ đủ 20 năm thì", "Được rút khi"),
    ("rt-du-tuoi-thieu-nam", "Nam 50 tuổi đóng 22 năm, rút một lần được không", "từ đủ 20 năm thì không được rút", "Chưa được theo"),
    ("th-tuoi-va-so-nam", "Đã đủ tuổi hưu mà chưa đủ năm", "tháng liền sau tháng đóng đủ", "đóng tiếp 10 năm"),
    ("th-tuoi-va-so-nam", "Nữ đóng công ty 9 năm, tự nguyện 8 năm, được mấy phần trăm", "nữ được hưởng 49%", "còn thiếu"),
    ("th-tuoi-va-so-nam", "Đủ tuổi hưu, đóng bắt buộc 14 năm 7 tháng", "theo mức bắt buộc", "đóng tiếp bằng BHXH tự nguyện"),
    ("tien-theo-ky", "Nữ 45 tuổi hộ cận nghèo đóng mỗi tháng bao nhiêu?", "Mỗi tháng hộ cận nghèo tự đóng 198.000 đồng.", "594.000"),
    ("tien-theo-ky", "Hộ cận nghèo đóng theo quý hết bao nhiêu?", "594.000 đồng", "Mỗi tháng hộ"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "question", "said", "unsaid"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_a_card_answers_this_person(name: str, question: str, said: str, unsaid: str) -> None:
    text = render(CARDS[name], read_facts(question, TODAY), RATES, on=TODAY, today=TODAY).text
    assert said in text
    assert unsaid not in text


def test_now_or_later_compares_today_with_the_change_even_when_next_year_was_named() -> None:
    facts = read_facts("Nên tham gia bây giờ hay chờ sang năm 2027?", TODAY)
    text = render(CARDS["tang-muc-dong-2027"], facts, RATES, on=date(2027, 1, 1), today=TODAY).text
    assert "từ 330.000 đồng lên 484.000 đồng/tháng" in text
    assert "thay vì 264.000 đồng" in text


def test_a_change_that_lies_behind_us_is_no_news() -> None:
    """Asked in November about a death in May: that the funeral allowance rose in July changes nothing any more."""
    facts = read_facts("Ba tôi mất tháng 5/2026, đóng được 7 năm, mai táng bao nhiêu?", TODAY)
    filled = render(CARDS["tut-mai-tang-dieu-kien"], facts, RATES, on=date(2026, 5, 28), today=TODAY)
    assert "23.400.000" in filled.text
    assert filled.change == ""
    at_the_time = render(CARDS["tut-mai-tang-dieu-kien"], facts, RATES, on=date(2026, 5, 28), today=date(2026, 5, 28))
    assert at_the_time.change != ""


def test_the_pension_drawn_is_counted_to_the_month_of_death() -> None:
    facts = read_facts("Cha tôi hưởng lương hưu từ tháng 1/2025, mỗi tháng 1.900.000, mất tháng 9/2026", TODAY)
    text = render(CARDS["tut-nguoi-huong-luong-huu"], facts, RATES, on=date(2026, 9, 28), today=TODAY).text
    assert "73.150.000 đồng, bằng 38,5 tháng lương hưu" in text
    assert "25.300.000" in text
