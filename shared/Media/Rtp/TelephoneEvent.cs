using System.Buffers.Binary;

namespace CallCenter.Media.Rtp;

/// <summary>The 4-byte payload of a telephone-event (RFC 4733, section 2.3).</summary>
internal readonly record struct TelephoneEvent(byte Event, bool End, ushort Duration)
{
    public const int Size = 4;
    private const string Digits = "0123456789*#ABCD";
    // Power of the tone in -dBm0; receivers ignore it for DTMF.
    private const byte Volume = 10;

    /// <summary>The key, or null for an event that is no DTMF digit (flash, tones).</summary>
    public char? Digit => Event < Digits.Length ? Digits[Event] : null;

    /// <summary>The event of a key; -1 where there is none.</summary>
    public static int EventOf(char digit) => Digits.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);

    public static bool TryParse(ReadOnlySpan<byte> payload, out TelephoneEvent value)
    {
        value = default;
        if (payload.Length < Size)
        {
            return false;
        }
        value = new TelephoneEvent(payload[0], (payload[1] & 0x80) != 0, BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        return true;
    }

    public void Write(Span<byte> payload)
    {
        payload[0] = Event;
        payload[1] = (byte)(Volume | (End ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], Duration);
    }
}
