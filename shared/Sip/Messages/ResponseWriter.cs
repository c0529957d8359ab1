using System.Net;
using System.Text;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Messages;

/// <summary>Responses made from their request (RFC 3261 section 8.2.6.2), and the way they go (section 18.2.2, RFC 3581).</summary>
internal static class ResponseWriter
{
    private const int DefaultPort = 5060;

    /// <summary>Writes status line, Via with received and rport, From, To with tag, Call-ID and CSeq; the caller adds the rest.</summary>
    public static SipMessageWriter Begin(SipMessageWriter writer, SipMessage request, SipFlow source, int code, string? reason, string? toTag)
    {
        writer.Response(code, reason ?? ReasonPhrases.For(code));
        WriteVias(writer, request, source);
        Repeat(writer, HeaderId.From, request.Header(HeaderId.From));
        Repeat(writer, HeaderId.To, request.Header(HeaderId.To), toTag is not null && request.ToTagBytes.IsEmpty ? toTag : null);
        Repeat(writer, HeaderId.CallId, request.Header(HeaderId.CallId));
        return writer.Header(HeaderId.CSeq, request.Header(HeaderId.CSeq));
    }

    /// <summary>A tag for a response without a transaction: the same for each retransmission of the request (RFC 3261 section 8.2.7).</summary>
    public static string StatelessTag(SipMessage request)
    {
        var hash = default(HashCode);
        hash.AddBytes(request.Header(HeaderId.CallId));
        hash.AddBytes(request.FromTagBytes);
        hash.AddBytes(request.Header(HeaderId.CSeq));
        return hash.ToHashCode().ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The flow a response goes by: the connection, the source port with rport, else the port of sent-by at the source address.</summary>
    public static SipFlow Route(in Via via, SipFlow source)
    {
        if (source.IsReliable || via.HasRport)
        {
            return source;
        }

        var port = via.Port == 0 ? DefaultPort : via.Port;
        return port == source.Remote.Port ? source : source.Toward(new IPEndPoint(source.Remote.Address, port));
    }

    // A 400 to a request that lacks one of them has nothing to repeat.
    private static void Repeat(SipMessageWriter writer, HeaderId id, ReadOnlySpan<byte> value, string? tag = null)
    {
        if (value.IsEmpty)
        {
            return;
        }

        writer.Begin(id).Bytes(value);
        if (tag is not null)
        {
            writer.Text(";tag=").Text(tag);
        }

        writer.EndLine();
    }

    /// <summary>All Vias, the top one with received and rport as seen.</summary>
    public static void WriteVias(SipMessageWriter writer, SipMessage request, SipFlow source)
    {
        request.TryTopVia(out var top);
        WriteTop(writer, top, source.Remote);
        var rest = request.Header(HeaderId.Via);
        SipSyntax.NextInList(ref rest, out _);
        while (SipSyntax.NextInList(ref rest, out var below))
        {
            writer.Header(HeaderId.Via, below);
        }

        request.CopyHeaders(HeaderId.Via, writer, skip: 1);
    }

    // RFC 3261 section 18.2.1 and RFC 3581 section 4: what the peer wrote into received and rport is replaced by what is seen.
    private static void WriteTop(SipMessageWriter writer, in Via via, IPEndPoint source)
    {
        writer.Begin(HeaderId.Via).Text("SIP/2.0/").Bytes(via.Transport).Text(" ").Bytes(via.SentBy);
        var rest = via.Parameters;
        while (!rest.IsEmpty)
        {
            rest = rest[1..];
            var end = SipSyntax.IndexOfBare(rest, (byte)';');
            var one = SipSyntax.Trim(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[end..];
            var equals = one.IndexOf((byte)'=');
            var name = SipSyntax.Trim(equals < 0 ? one : one[..equals]);
            if (!one.IsEmpty && !Ascii.EqualsIgnoreCase(name, "rport"u8) && !Ascii.EqualsIgnoreCase(name, "received"u8))
            {
                writer.Text(";").Bytes(one);
            }
        }

        if (via.HasRport)
        {
            writer.Text(";rport=").Number(source.Port);
        }

        if (via.HasRport || !IsAddress(via.Host, source.Address))
        {
            writer.Text(";received=").Text(source.Address.ToString());
        }

        writer.EndLine();
    }

    private static bool IsAddress(ReadOnlySpan<byte> host, IPAddress address)
    {
        Span<byte> written = stackalloc byte[64];
        if (address.TryFormat(written, out var size) && host.SequenceEqual(written[..size]))
        {
            return true;
        }

        Span<char> text = stackalloc char[64];
        return host.Length <= text.Length && Encoding.ASCII.TryGetChars(host, text, out var length)
            && IPAddress.TryParse(text[..length], out var parsed) && parsed.Equals(address);
    }
}
