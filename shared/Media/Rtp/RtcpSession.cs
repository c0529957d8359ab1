using System.Buffers.Binary;
using System.Text;

namespace CallCenter.Media.Rtp;

/// <summary>
/// RTCP of one leg (RFC 3550, section 6): writes SR or RR with SDES CNAME, and BYE; reads the remote's SR and RR.
/// Sans I/O: bytes in, bytes out, time as an argument.
/// </summary>
internal sealed class RtcpSession(string cname, SendStream sent, ReceiveStatistics received)
{
    /// <summary>Enough for SR with one block, SDES and BYE.</summary>
    public const int BytesMax = 256;

    private const byte SenderReport = 200;
    private const byte ReceiverReport = 201;
    private const byte SourceDescription = 202;
    private const byte Goodbye = 203;
    private const int ReportBlockSize = 24;

    private readonly byte[] _cname = Encoding.UTF8.GetBytes(cname);
    private uint _lastReport;
    private ulong _lastReportAt;
    private long _packetsAtReport;

    /// <summary>Ticks of the RTP clock in a sample of 1/8000 s.</summary>
    public int ClockFactor { get; set; } = 1;
    public long? RemotePacketsLost { get; private set; }
    public double? RemoteJitterMs { get; private set; }
    public double? RoundTripMs { get; private set; }

    /// <summary>Writes a compound packet; <paramref name="now"/> in samples of the media clock. Returns its length.</summary>
    public int Write(Span<byte> data, DateTimeOffset wall, long now, bool goodbye = false)
    {
        var ntp = Ntp(wall);
        var length = sent.Packets > _packetsAtReport ? WriteSenderInfo(data, ntp, now) : WriteHead(data, ReceiverReport, sent.Ssrc);
        _packetsAtReport = sent.Packets;
        if (received.Streams > 0)
        {
            WriteReportBlock(data[length..], ntp);
            length += ReportBlockSize;
            data[0] |= 1;
        }
        SetLength(data, length);
        length += WriteDescription(data[length..]);
        if (goodbye)
        {
            var bye = WriteHead(data[length..], Goodbye, sent.Ssrc);
            data[length] |= 1;
            SetLength(data[length..], bye);
            length += bye;
        }
        return length;
    }

    private int WriteSenderInfo(Span<byte> data, ulong ntp, long now)
    {
        WriteHead(data, SenderReport, sent.Ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(data[8..], ntp);
        BinaryPrimitives.WriteUInt32BigEndian(data[16..], unchecked(sent.TimestampAt(now) * (uint)ClockFactor));
        BinaryPrimitives.WriteUInt32BigEndian(data[20..], (uint)sent.Packets);
        BinaryPrimitives.WriteUInt32BigEndian(data[24..], (uint)sent.Octets);
        return 28;
    }

    private void WriteReportBlock(Span<byte> data, ulong ntp)
    {
        BinaryPrimitives.WriteUInt32BigEndian(data, received.Ssrc);
        var lost = (uint)Math.Min(received.Lost, 0x7FFFFF);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], ((uint)received.TakeFractionLost() << 24) | lost);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], received.HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(data[12..], (uint)(received.Jitter * ClockFactor));
        BinaryPrimitives.WriteUInt32BigEndian(data[16..], _lastReport);
        var delay = _lastReport == 0 ? 0 : (uint)((ntp - _lastReportAt) >> 16);
        BinaryPrimitives.WriteUInt32BigEndian(data[20..], delay);
    }

    private int WriteDescription(Span<byte> data)
    {
        var length = WriteHead(data, SourceDescription, sent.Ssrc);
        data[0] |= 1;
        data[length++] = 1;
        data[length++] = (byte)_cname.Length;
        _cname.CopyTo(data[length..]);
        length += _cname.Length;
        // The item list ends with a zero, the chunk on a multiple of four.
        do
        {
            data[length++] = 0;
        }
        while (length % 4 != 0);
        SetLength(data, length);
        return length;
    }

    private static int WriteHead(Span<byte> data, byte type, uint ssrc)
    {
        data[0] = 0x80;
        data[1] = type;
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], ssrc);
        return 8;
    }

    private static void SetLength(Span<byte> data, int length) =>
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], (ushort)((length / 4) - 1));

    /// <summary>Reads a compound packet. False if it is not one (RFC 3550, appendix A.2).</summary>
    /// <param name="reducedSize">Also one that does not begin with a report (RFC 5506).</param>
    public bool TryRead(ReadOnlySpan<byte> data, DateTimeOffset wall, bool reducedSize = false)
    {
        if (!IsValid(data, reducedSize))
        {
            return false;
        }
        while (data.Length >= 8)
        {
            var length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(data[2..]) + 1);
            ReadReport(data[..length], wall);
            data = data[length..];
        }
        return true;
    }

    private static bool IsValid(ReadOnlySpan<byte> data, bool reducedSize)
    {
        if (data.Length < 8 || (!reducedSize && data[1] is not (SenderReport or ReceiverReport)))
        {
            return false;
        }
        while (data.Length >= 4 && data[0] >> 6 == 2)
        {
            var length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(data[2..]) + 1);
            if (length > data.Length)
            {
                return false;
            }
            data = data[length..];
        }
        return data.IsEmpty;
    }

    private void ReadReport(ReadOnlySpan<byte> report, DateTimeOffset wall)
    {
        var blocks = report[0] & 0x1F;
        var offset = report[1] switch { SenderReport => 28, ReceiverReport => 8, _ => report.Length };
        if (report[1] == SenderReport && report.Length >= 28)
        {
            _lastReport = BinaryPrimitives.ReadUInt32BigEndian(report[10..]);
            _lastReportAt = Ntp(wall);
        }
        for (; blocks > 0 && offset + ReportBlockSize <= report.Length; blocks--, offset += ReportBlockSize)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(report[offset..]) == sent.Ssrc)
            {
                ReadReportBlock(report[offset..], wall);
            }
        }
    }

    private void ReadReportBlock(ReadOnlySpan<byte> block, DateTimeOffset wall)
    {
        // 24 bits with sign.
        RemotePacketsLost = BinaryPrimitives.ReadInt32BigEndian(block[4..]) << 8 >> 8;
        RemoteJitterMs = BinaryPrimitives.ReadUInt32BigEndian(block[12..]) / (8.0 * ClockFactor);
        var lastReport = BinaryPrimitives.ReadUInt32BigEndian(block[16..]);
        var delay = BinaryPrimitives.ReadUInt32BigEndian(block[20..]);
        var roundTrip = (uint)(Ntp(wall) >> 16) - lastReport - delay;
        // Units of 1/65536 s; more than 10 s is nonsense.
        if (lastReport != 0 && roundTrip < 10 * 65536)
        {
            RoundTripMs = roundTrip * 1000.0 / 65536;
        }
    }

    /// <summary>NTP time, 32.32 fixed point since 1900.</summary>
    private static ulong Ntp(DateTimeOffset wall)
    {
        const long SecondsFrom1900To1970 = 2_208_988_800;
        var ticks = (ulong)(wall.UtcTicks - DateTime.UnixEpoch.Ticks);
        var seconds = (ticks / TimeSpan.TicksPerSecond) + SecondsFrom1900To1970;
        var fraction = ((ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond;
        return (seconds << 32) | fraction;
    }
}
