using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>
/// Strings that come in message after message (names, addresses, codec lines): a fixed table with one string a slot, so that a known text makes
/// no new string. A text that is not there takes its slot; hashes are seeded, so nobody can aim at one. Not for secrets: they would stay.
/// </summary>
internal static class SipStrings
{
    private const int Slots = 4096;

    /// <summary>Longer texts are made anew each time.</summary>
    private const int LengthMax = 96;

    private static readonly string?[] Table = new string?[Slots];

    public static string Of(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > LengthMax)
        {
            return text.ToString();
        }

        // Threads may take the slot from each other: whichever stays is right.
        ref var slot = ref Table[(uint)string.GetHashCode(text) % Slots];
        var held = Volatile.Read(ref slot);
        if (held is not null && text.SequenceEqual(held))
        {
            return held;
        }

        var made = text.ToString();
        Volatile.Write(ref slot, made);
        return made;
    }

    public static string Of(ReadOnlySpan<byte> text)
    {
        Span<char> chars = stackalloc char[LengthMax];
        return text.Length <= LengthMax && Ascii.ToUtf16(text, chars, out var length) == System.Buffers.OperationStatus.Done
            ? Of(chars[..length])
            : Encoding.UTF8.GetString(text);
    }
}
