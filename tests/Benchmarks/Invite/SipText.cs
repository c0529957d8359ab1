using System.Buffers.Text;

namespace CallCenter.Benchmarks.Invite;

/// <summary>Writes a message, part by part.</summary>
internal ref struct SipText(Span<byte> space)
{
    private readonly Span<byte> _space = space;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _space[.._length];

    public void Add(scoped ReadOnlySpan<byte> part)
    {
        part.CopyTo(_space[_length..]);
        _length += part.Length;
    }

    public void Add(long number)
    {
        _ = Utf8Formatter.TryFormat(number, _space[_length..], out var written);
        _length += written;
    }

    /// <summary>A call's number, always of the same length.</summary>
    public void AddCall(int number)
    {
        _ = Utf8Formatter.TryFormat(number, _space[_length..], out var written, new('X', SipLines.CallDigits));
        _length += written;
    }
}

/// <summary>Reads what the load needs of a message: lines by name, as both peers of the bench write them.</summary>
internal static class SipLines
{
    public const int CallDigits = 8;

    /// <summary>Takes the next line without its end; false after the headers.</summary>
    public static bool Next(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf("\r\n"u8);
        line = end <= 0 ? default : rest[..end];
        rest = end <= 0 ? default : rest[(end + 2)..];
        return end > 0;
    }

    /// <summary>The first line that begins so, or empty.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name)
    {
        while (Next(ref message, out var line))
        {
            if (line.StartsWith(name))
            {
                return line;
            }
        }

        return default;
    }

    /// <summary>The URI between angle brackets.</summary>
    public static ReadOnlySpan<byte> Uri(ReadOnlySpan<byte> line)
    {
        var (from, to) = (line.IndexOf((byte)'<') + 1, line.IndexOf((byte)'>'));
        return from > 0 && to > from ? line[from..to] : default;
    }

    /// <summary>The number that follows <paramref name="mark"/>, or -1: the message is of no call of ours.</summary>
    public static int Call(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark)
    {
        var at = text.IndexOf(mark);
        return at >= 0 && at + mark.Length + CallDigits <= text.Length
            && Utf8Parser.TryParse(text.Slice(at + mark.Length, CallDigits), out int number, out _, 'X') ? number : -1;
    }
}
