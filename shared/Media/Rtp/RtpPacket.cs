using System.Buffers.Binary;

namespace CallCenter.Media.Rtp;

/// <summary>The fields of an RTP packet (RFC 3550, section 5.1) and where its payload lies.</summary>
internal readonly record struct RtpPacket(
    bool Marker, byte PayloadType, ushort Sequence, uint Timestamp, uint Ssrc, int PayloadOffset, int PayloadLength)
{
    /// <summary>Bytes of a header without CSRC and extension, the only kind that is written.</summary>
    public const int HeaderSize = 12;

    /// <summary>False for anything that is not a whole version 2 packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out RtpPacket packet)
    {
        packet = default;
        if (!TryGetHeaderLength(data, out var offset))
        {
            return false;
        }
        var padding = (data[0] & 0x20) != 0 ? data[^1] : 0;
        var length = data.Length - offset - padding;
        if (length < 0 || ((data[0] & 0x20) != 0 && padding == 0))
        {
            return false;
        }
        packet = new RtpPacket(
            (data[1] & 0x80) != 0,
            (byte)(data[1] & 0x7F),
            BinaryPrimitives.ReadUInt16BigEndian(data[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[8..]),
            offset,
            length);
        return true;
    }

    /// <summary>Length of header, CSRCs and extension, which lie within the packet. False for anything but version 2.</summary>
    public static bool TryGetHeaderLength(ReadOnlySpan<byte> data, out int length)
    {
        length = HeaderSize;
        if (data.Length < HeaderSize || data[0] >> 6 != 2)
        {
            return false;
        }
        length += 4 * (data[0] & 0x0F);
        if ((data[0] & 0x10) != 0)
        {
            if (data.Length < length + 4)
            {
                return false;
            }
            length += 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(data[(length + 2)..]));
        }
        return length <= data.Length;
    }

    /// <summary>Writes the 12 bytes of a plain header.</summary>
    public static void WriteHeader(Span<byte> data, bool marker, byte payloadType, ushort sequence, uint timestamp, uint ssrc)
    {
        data[0] = 0x80;
        data[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], ssrc);
    }
}
