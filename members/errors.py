"""How the door refuses. `code` is for clients; what status a code has stands in `config/api.py`."""

from ledger.errors import DomainError

OFFICES = {"chair": "ketua", "treasurer": "bendahara", "secretary": "sekretaris", "supervisor": "pengawas"}


class NotFound(DomainError):
    """Yang diminta tidak ada, atau bukan milik Anda."""

    code = "not_found"


class NotAllowed(DomainError):
    """Tugas Anda di kelompok ini tidak mencakup tindakan ini."""

    code = "not_allowed"


class OfficersOnly(NotAllowed):
    """Halaman ini hanya untuk pengurus."""


class PasswordChangeRequired(DomainError):
    """Kata sandi Anda masih kata sandi pertama. Gantilah dahulu di auth/password."""

    code = "password_change_required"


class WrongLogin(DomainError):
    """Nama atau kata sandi belum cocok. Kata sandi pertama hanya dapat dipakai satu kali."""

    code = "wrong_login"


class WrongOldPassword(DomainError):
    """Kata sandi lama tidak cocok."""

    code = "wrong_login"


class LockedOut(DomainError):
    """Terlalu banyak percobaan masuk yang salah; coba lagi dalam {minutes} menit."""

    code = "locked_out"


class UsernameTaken(DomainError):
    """Nama pengguna {username} sudah dipakai; pilih yang lain."""

    code = "username_taken"


class AnotherUsername(DomainError):
    """Anggota ini sudah punya nama pengguna lain; pakailah yang itu."""

    code = "username_taken"


class NumberTaken(DomainError):
    """Nomor anggota {number} sudah dipakai di kelompok ini."""

    code = "number_taken"


class NikTaken(DomainError):
    """NIK yang berakhiran {last4} sudah terdaftar pada anggota lain di kelompok ini."""

    code = "nik_taken"


class MemberLeft(DomainError):
    """Anggota nomor {number} sudah keluar pada {left_on:day}."""

    code = "member_left"


class MemberIsHere(DomainError):
    """Anggota nomor {number} masih aktif sejak {joined_on:day}."""

    code = "not_ready"


class BeforeJoining(DomainError):
    """Tanggal {day:day} mendahului tanggal masuk anggota, {joined_on:day}."""

    code = "before_joining"


class StaysOverlap(DomainError):
    """Anggota nomor {number} baru dapat masuk lagi sesudah {left_on:day}, hari ia keluar."""

    code = "before_joining"


class DayNotCome(DomainError):
    """Tanggal {day:day} belum tiba; hari ini {today:day}."""

    code = "future_date"


class StillInOffice(DomainError):
    """Anggota nomor {number} masih memegang jabatan {offices}; berhentikan dahulu."""

    code = "not_ready"


class AlreadyInOffice(DomainError):
    """Anggota ini sudah memegang jabatan {office}."""

    code = "office_held"


class PowersApart(DomainError):
    """Tidak seorang pun boleh memegang dua dari jabatan ketua, bendahara, dan pengawas; ia sudah {office}."""

    code = "office_held"


class LastTreasurer(DomainError):
    """Kelompok tidak boleh tanpa bendahara; angkat penggantinya dahulu."""

    code = "last_treasurer"


class OfficersLogin(DomainError):
    """Kata sandi orang yang memegang atau pernah memegang jabatan hanya dapat disetel ulang oleh pengelola layanan."""

    code = "not_allowed"


class SeveralWait(DomainError):
    """Ada {count} permintaan yang menunggu di sini; sebutkan yang mana dengan pending_id."""

    code = "awaiting_second"


class NothingWaits(DomainError):
    """Tidak ada lagi permintaan yang menunggu di sini; pengurus lain sudah menyetujuinya atau waktunya habis."""

    code = "not_ready"


class SecondIsFirst(DomainError):
    """Pengurus kedua harus orang lain, bukan Anda sendiri."""

    code = "second_not_valid"


class SecondNotValid(DomainError):
    """Pengurus kedua tidak ada, tidak lagi menjabat, tidak berwenang, atau belum menyetel kata sandinya sendiri."""

    code = "second_not_valid"


class WrongPin(DomainError):
    """PIN pengurus kedua salah; sisa percobaan {tries_left}."""

    code = "wrong_pin"


class PinLocked(DomainError):
    """PIN pengurus kedua terkunci setelah {tries} kali salah; ia perlu menyetelnya lagi dengan kata sandinya."""

    code = "pin_locked"


class NoPin(DomainError):
    """Pengurus kedua belum punya PIN; ia perlu menyetelnya dengan kata sandinya."""

    code = "pin_locked"


class Erased(DomainError):
    """Data pribadi anggota nomor {number} sudah dihapus."""

    code = "erased"


class StaleThing(DomainError):
    """Data ini sudah berubah sejak Anda membacanya; baca lagi."""

    code = "precondition_failed"


class KeyRequired(DomainError):
    """Permintaan ini memindahkan uang: sertakan Idempotency-Key, satu UUID yang dibuat untuk permintaan ini."""

    code = "idempotency_key_required"


class PinShape(DomainError):
    """PIN terdiri dari 6 sampai 12 angka."""

    code = "pin_refused"


class PinCommon(DomainError):
    """PIN ini terlalu mudah ditebak; pilih yang lain."""

    code = "pin_refused"


class PinIsBirthDate(DomainError):
    """PIN tidak boleh tanggal lahir; pilih yang lain."""

    code = "pin_refused"


class PinIsPhone(DomainError):
    """PIN tidak boleh bagian dari nomor telepon; pilih yang lain."""

    code = "pin_refused"


class WrongDevicePin(DomainError):
    """PIN salah; sisa percobaan {tries_left}. Setelah itu HP ini perlu didaftarkan lagi."""

    code = "wrong_pin"


class DeviceEnded(DomainError):
    """HP ini tidak terdaftar lagi. Mintalah kode pendaftaran baru kepada pengurus."""

    code = "device_ended"


class CodeNotValid(DomainError):
    """Kode ini tidak berlaku: salah tulis, sudah dipakai, atau lewat {minutes} menit. Mintalah kode baru."""

    code = "wrong_code"


class CardNotValid(DomainError):
    """Nomor kartu dan kode tidak cocok, kode itu sudah dipakai, atau kartunya tidak berlaku lagi."""

    code = "wrong_code"


class AppCodeNotValid(DomainError):
    """Kode dari aplikasi salah atau sudah dipakai; tunggu kode berikutnya."""

    code = "wrong_code"


class PasskeyNotValid(DomainError):
    """Kunci sandi (passkey) ini tidak dikenal di sini, atau waktunya habis; coba lagi."""

    code = "wrong_passkey"


class TooManyToday(DomainError):
    """Sudah {most} kali salah dalam sehari untuk akun ini. Coba lagi besok, atau hubungi pengurus."""

    code = "locked_today"


class TooManyHere(DomainError):
    """Terlalu banyak percobaan yang salah dari sini; coba lagi dalam {seconds} detik."""

    code = "throttled"


class OwnPasswordFirst(DomainError):
    """Untuk ini masuklah dahulu di sini dengan kata sandi Anda sendiri."""

    code = "own_password_first"


class FactorRequired(DomainError):
    """Untuk ini tunjukkan dahulu pengaman yang sudah Anda pasang: kunci sandi, kode dari aplikasi, atau HP Anda."""

    code = "factor_required"


class LastFactor(DomainError):
    """Ini pengaman terakhir yang Anda perlukan; pasang yang lain dahulu."""

    code = "last_factor"


class OfficersWays(DomainError):
    """Pengurus mengatur HP dan kartunya sendiri, dengan kata sandinya; yang hilang dicabut pengelola layanan."""

    code = "not_allowed"


class DisputeWaits(DomainError):
    """Pertanyaan Anda tentang ini masih menunggu jawaban pengurus."""

    code = "dispute_waits"


class DisputeAnswered(DomainError):
    """Pertanyaan ini sudah dijawab."""

    code = "dispute_answered"


class OwnDispute(DomainError):
    """Tidak seorang pun menjawab pertanyaannya sendiri; pengurus lain yang menjawab."""

    code = "own_dispute"


class ConsentOver(DomainError):
    """Izin sampai {to_on:day} sudah lewat; hari ini {today:day}."""

    code = "consent_over"


class LendersLogin(DomainError):
    """Pendana ini sudah masuk dan membuat kata sandinya sendiri; hanya pengelola layanan yang menyetelnya ulang."""

    code = "not_allowed"


class TokenNeedsFactor(DomainError):
    """Token untuk pendana hanya dibuat bersama kode dari aplikasi."""

    code = "factor_required"
