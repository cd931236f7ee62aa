"""A short resolution of a province, as plain text."""

RESOLUTION = """\
HỘI ĐỒNG NHÂN DÂN
TỈNH QUẢNG NGÃI
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 12/2026/NQ-HĐND
Quảng Ngãi, ngày 20 tháng 6 năm 2026

NGHỊ QUYẾT
Quy định mức hỗ trợ thêm tiền đóng bảo hiểm xã hội tự nguyện trên địa bàn tỉnh Quảng Ngãi

Điều 1. Phạm vi điều chỉnh và đối tượng áp dụng
1. Nghị quyết này quy định mức hỗ trợ thêm tiền đóng bảo hiểm xã hội tự nguyện từ ngân sách địa phương trên địa bàn tỉnh Quảng Ngãi.
2. Đối tượng áp dụng là người tham gia bảo hiểm xã hội tự nguyện thường trú trên địa bàn tỉnh.

Điều 2. Mức hỗ trợ thêm
1. Người thuộc hộ nghèo được hỗ trợ thêm 20% mức đóng theo chuẩn hộ nghèo của khu vực nông thôn.
2. Người thuộc hộ cận nghèo được hỗ trợ thêm 15%.
3. Đối tượng khác được hỗ trợ thêm 10%.

Điều 3. Hiệu lực thi hành
1. Nghị quyết này có hiệu lực từ ngày 01 tháng 01 năm 2027.
2. Nghị quyết này thay thế Nghị quyết số 05/2024/NQ-HĐND ngày 10 tháng 7 năm 2024.

Điều 4. Tổ chức thực hiện
1. Giao Ủy ban nhân dân tỉnh tổ chức triển khai thực hiện Nghị quyết.
2. Giao Thường trực Hội đồng nhân dân, các Ban Hội đồng nhân dân giám sát việc thực hiện Nghị quyết.
Nghị quyết này được Hội đồng nhân dân tỉnh Quảng Ngãi khóa XIV thông qua ngày 20 tháng 6 năm 2026.

Nơi nhận:
- Ủy ban Thường vụ Quốc hội;
- UBND tỉnh;
- Lưu: VT.
CHỦ TỊCH
Nguyễn Văn A
"""
