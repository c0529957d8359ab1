using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>A fault of a request that can still be answered: the status code and the phrase that says what is wrong.</summary>
public sealed record SipFault(int Code, string Reason);

/// <summary>A header to be added to a message that is sent. Value must hold no line end.</summary>
public readonly record struct SipHeader(string Name, string Value);

/// <summary>
/// A received message: its bytes, and where each header lies in them. A string is made when one is asked for.
/// Immutable; what handlers are given is safe to keep and to read from any thread.
/// </summary>
public sealed class SipMessage
{
    private byte[] buffer = [];
    private int length;
    private ReadOnlyMemory<HeaderSlice> headers;
    private Range startMiddle;
    private Range methodRange;
    private Range body;
    private string? callId;
    private string? requestUri;

    internal SipMessage(byte[] buffer, int length, ReadOnlyMemory<HeaderSlice> headers, in StartLine start, Range body, SipFault? fault) =>
        Become(buffer, length, headers, start, body, fault);

    /// <summary>A message that is lent, again and again.</summary>
    internal SipMessage()
    {
    }

    internal void Become(byte[] buffer, int length, ReadOnlyMemory<HeaderSlice> headers, in StartLine start, Range body, SipFault? fault)
    {
        (callId, requestUri, CSeq, CSeqMethod) = (null, null, 0, SipMethod.Unknown);
        this.buffer = buffer;
        this.length = length;
        this.headers = headers;
        this.body = body;
        startMiddle = start.Middle;
        methodRange = start.Method;
        Method = start.MethodId;
        StatusCode = start.StatusCode;
        Fault = fault;
        if (SipParser.TryCSeq(Header(HeaderId.CSeq), out var number, out var method))
        {
            CSeq = number;
            CSeqMethod = SipMethods.Parse(method);
        }
    }

    /// <summary>True for a request, false for a response.</summary>
    public bool IsRequest => StatusCode == 0;

    /// <summary>Method of a request; of a response, use <see cref="CSeqMethod"/>.</summary>
    public SipMethod Method { get; private set; }

    /// <summary>100-699 for a response, 0 for a request.</summary>
    public int StatusCode { get; private set; }

    /// <summary>What is wrong with a request that can still be answered, or null.</summary>
    public SipFault? Fault { get; private set; }

    public uint CSeq { get; private set; }

    public SipMethod CSeqMethod { get; private set; }

    /// <summary>The method as it was written, known or not.</summary>
    public string MethodName => SipSyntax.Text(buffer.AsSpan(methodRange));

    /// <summary>Request-URI as it was written.</summary>
    public string RequestUri => requestUri ??= IsRequest ? SipSyntax.Text(buffer.AsSpan(startMiddle)) : "";

    /// <summary>Reason phrase of a response.</summary>
    public string ReasonPhrase => IsRequest ? "" : SipStrings.Of(buffer.AsSpan(startMiddle));

    public string CallId => callId ??= Get(HeaderId.CallId) ?? "";

    /// <summary>The user part of the From URI, or "" without one.</summary>
    public string FromUser => UserOf(HeaderId.From);

    /// <summary>The user part of the To URI, or "" without one.</summary>
    public string ToUser => UserOf(HeaderId.To);

    public string? FromTag => SipSyntax.Parameter(Header(HeaderId.From), "tag"u8);

    public string? ToTag => SipSyntax.Parameter(Header(HeaderId.To), "tag"u8);

    public ReadOnlyMemory<byte> Body => buffer.AsMemory(body);

    /// <summary>Media type without parameters, lower case, or null.</summary>
    public string? ContentType => MediaType is { IsEmpty: false } type ? SipSyntax.Text(type).ToLowerInvariant() : null;

    /// <summary>The session description in the body, or null when the body is none.</summary>
    public string? Sdp => !Body.IsEmpty && Ascii.EqualsIgnoreCase(MediaType, SdpType) ? Encoding.UTF8.GetString(Body.Span) : null;

    /// <summary>True when the body is a session description or says not what it is.</summary>
    internal bool MayBeSdp => MediaType.IsEmpty || Ascii.EqualsIgnoreCase(MediaType, SdpType);

    public int HeaderCount => headers.Length;

    /// <summary>The bytes as received; header folding is replaced by spaces.</summary>
    public ReadOnlyMemory<byte> Raw => buffer.AsMemory(0, length);

    internal ReadOnlySpan<byte> RequestUriBytes => IsRequest ? buffer.AsSpan(startMiddle) : default;

    internal ReadOnlySpan<byte> MethodBytes => buffer.AsSpan(methodRange);

    internal ReadOnlySpan<byte> FromTagBytes => SipSyntax.Tag(Header(HeaderId.From));

    internal ReadOnlySpan<byte> ToTagBytes => SipSyntax.Tag(Header(HeaderId.To));

    /// <summary>True when the To tag is that one; an empty one stands for none.</summary>
    internal bool HasToTag(ReadOnlySpan<byte> tag) => ToTagBytes.SequenceEqual(tag);

    /// <summary>The value of the first header line of that name, or empty.</summary>
    public ReadOnlySpan<byte> Header(HeaderId id)
    {
        foreach (ref readonly var slice in headers.Span)
        {
            if (slice.Id == id)
            {
                return ValueOf(slice);
            }
        }

        return default;
    }

    public bool Has(HeaderId id) => LinesOf(id) > 0;

    /// <summary>The value of the first header line of that name, or null.</summary>
    public string? Get(HeaderId id) => Has(id) ? SipSyntax.Text(Header(id)) : null;

    /// <summary>The value of the first header line of that name in any case, full or compact, or null.</summary>
    public string? Get(string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        var id = HeaderNames.Parse(bytes);
        if (id != HeaderId.Unknown)
        {
            return Get(id);
        }

        foreach (var slice in headers.Span)
        {
            if (slice.Id == HeaderId.Unknown && Ascii.EqualsIgnoreCase(NameOf(slice), bytes))
            {
                return SipSyntax.Text(ValueOf(slice));
            }
        }

        return null;
    }

    /// <summary>Every value of a header that may be a list, over all its lines, in order.</summary>
    public List<string> GetAll(HeaderId id)
    {
        var values = new List<string>();
        foreach (var slice in headers.Span)
        {
            if (slice.Id != id)
            {
                continue;
            }

            var rest = ValueOf(slice);
            while (SipSyntax.NextInList(ref rest, out var item))
            {
                values.Add(SipSyntax.Text(item));
            }
        }

        return values;
    }

    /// <summary>Every value of a header that may be a list and has no <see cref="HeaderId"/>, over all its lines, in order.</summary>
    public List<string> GetAll(string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        var values = new List<string>();
        foreach (var slice in headers.Span)
        {
            if (!Ascii.EqualsIgnoreCase(NameOf(slice), bytes))
            {
                continue;
            }

            var rest = ValueOf(slice);
            while (SipSyntax.NextInList(ref rest, out var item))
            {
                values.Add(SipSyntax.Text(item));
            }
        }

        return values;
    }

    /// <summary>Each whole header line of that name: for headers whose commas do not part a list (challenges, credentials).</summary>
    public List<string> GetLines(HeaderId id) =>
        [.. headers.ToArray().Where(h => h.Id == id).Select(h => SipSyntax.Text(ValueOf(h)))];

    /// <summary>All headers as name and value, as received.</summary>
    public IEnumerable<SipHeader> AllHeaders() =>
        headers.ToArray().Select(h => new SipHeader(SipSyntax.Text(NameOf(h)), SipSyntax.Text(ValueOf(h))));

    /// <summary>A header holding a name-addr (From, To, Contact, P-Asserted-Identity), or null when absent or malformed.</summary>
    public NameAddress? Address(HeaderId id)
    {
        var rest = Header(id);
        return SipSyntax.NextInList(ref rest, out var first) && NameAddress.TryParse(first, out var address) ? address : null;
    }

    /// <summary>The message as text, for logs of tests and ladders.</summary>
    public override string ToString() => Encoding.UTF8.GetString(buffer, 0, length);

    internal int LinesOf(HeaderId id)
    {
        var count = 0;
        foreach (ref readonly var slice in headers.Span)
        {
            count += slice.Id == id ? 1 : 0;
        }

        return count;
    }

    internal bool TryTopVia(out Via via)
    {
        var rest = Header(HeaderId.Via);
        via = default;
        return SipSyntax.NextInList(ref rest, out var first) && Via.TryParse(first, out via);
    }

    internal void CopyHeaders(HeaderId id, SipMessageWriter writer, int skip = 0)
    {
        foreach (ref readonly var slice in headers.Span)
        {
            if (slice.Id == id && skip-- <= 0)
            {
                writer.Header(id, ValueOf(slice));
            }
        }
    }

    /// <summary>All headers but those, as they came.</summary>
    internal void CopyHeadersBut(ReadOnlySpan<HeaderId> left, SipMessageWriter writer)
    {
        foreach (ref readonly var slice in headers.Span)
        {
            if (!left.Contains(slice.Id))
            {
                writer.Bytes(NameOf(slice)).Bytes(": "u8).Bytes(ValueOf(slice)).EndLine();
            }
        }
    }

    private static ReadOnlySpan<byte> SdpType => "application/sdp"u8;

    private ReadOnlySpan<byte> MediaType
    {
        get
        {
            var value = Header(HeaderId.ContentType);
            var end = value.IndexOf((byte)';');
            return SipSyntax.Trim(end < 0 ? value : value[..end]);
        }
    }

    private string UserOf(HeaderId id)
    {
        var rest = Header(id);
        return SipSyntax.NextInList(ref rest, out var first) ? NameAddress.UserOf(first) : "";
    }

    /// <summary>True when a header that is a list has that value, in any case.</summary>
    internal bool Lists(HeaderId id, ReadOnlySpan<char> value)
    {
        foreach (ref readonly var slice in headers.Span)
        {
            var rest = slice.Id == id ? ValueOf(slice) : default;
            while (SipSyntax.NextInList(ref rest, out var item))
            {
                if (Ascii.EqualsIgnoreCase(item, value))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> ValueOf(in HeaderSlice slice) => buffer.AsSpan(slice.ValueStart, slice.ValueLength);

    private ReadOnlySpan<byte> NameOf(in HeaderSlice slice) => buffer.AsSpan(slice.NameStart, slice.NameLength);
}

/// <summary>Where one header lies in the buffer.</summary>
internal readonly record struct HeaderSlice(HeaderId Id, ushort NameStart, ushort NameLength, ushort ValueStart, ushort ValueLength);

/// <summary>The parts of a start line: Middle is the Request-URI or the reason phrase.</summary>
internal readonly record struct StartLine(SipMethod MethodId, Range Method, Range Middle, int StatusCode);

/// <summary>One message and the space for its headers, used for each message that nobody keeps.</summary>
internal sealed class LentMessage
{
    public SipMessage Message { get; } = new();

    public HeaderSlice[] Headers { get; } = new HeaderSlice[SipMessageLimits.HeadersMax];
}
