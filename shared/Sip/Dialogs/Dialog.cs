using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Dialogs;

/// <summary>A dialog's state (RFC 3261 section 12): who, the route, the remote target and the two CSeq counters. Single-threaded.</summary>
internal sealed class Dialog
{
    private SipUri? target;

    private Dialog(SipMessage source, SipFlow flow, string callId, string localTag, ReadOnlySpan<byte> remoteTag)
    {
        CallId = callId;
        LocalTag = localTag;
        Flow = flow;
        Key = KeyOf(source.Header(HeaderId.CallId), localTag, remoteTag);
    }

    public string CallId { get; }

    public string LocalTag { get; }

    /// <summary>"" for an RFC 2543 peer without tag.</summary>
    public string RemoteTag => SipSyntax.Text(SipSyntax.Tag(RemoteAddress));

    /// <summary>Call-ID and both tags as bytes.</summary>
    public byte[] Key { get; }

    /// <summary>From of our requests, tag included.</summary>
    public required byte[] LocalAddress { get; init; }

    /// <summary>To of our requests, tag included.</summary>
    public required byte[] RemoteAddress { get; init; }

    /// <summary>The peer's Contact URI.</summary>
    public string RemoteTarget { get; private set; } = "";

    /// <summary>The way of the last request by UDP while nothing changed that decides on it; else null.</summary>
    public SipFlow? Way { get; set; }

    public IReadOnlyList<string> RouteSet { get; private set; } = [];

    /// <summary>The flow that the dialog was made by, or the one the peer came back by after that was lost.</summary>
    public SipFlow Flow { get; private set; }

    /// <summary>True when requests must go by the flow: the call was placed by a registration.</summary>
    public bool KeepsFlow { get; init; }

    public uint LocalCSeq { get; private set; }

    /// <summary>The highest CSeq the peer has used, or null before its first request.</summary>
    public uint? RemoteCSeq { get; private set; }

    /// <summary>RFC 3261 section 12.1.1: made by the UAS when it answers an INVITE.</summary>
    public static Dialog OfServer(SipMessage invite, SipFlow flow, string localTag)
    {
        var dialog = new Dialog(invite, flow, invite.CallId, localTag, invite.FromTagBytes)
        {
            LocalAddress = Tagged(invite.Header(HeaderId.To), localTag),
            RemoteAddress = invite.Header(HeaderId.From).ToArray(),
            RouteSet = invite.Has(HeaderId.RecordRoute) ? invite.GetAll(HeaderId.RecordRoute) : [],
            RemoteCSeq = invite.CSeq,
        };
        dialog.Retarget(invite);
        return dialog;
    }

    /// <summary>RFC 3261 section 12.1.2: made by the UAC from a response with a To tag; the route set is reversed.</summary>
    public static Dialog OfClient(SipMessage response, SipFlow flow, string callId, string localTag, uint localCSeq, bool keepsFlow, string requestUri)
    {
        var dialog = new Dialog(response, flow, callId, localTag, response.ToTagBytes)
        {
            LocalAddress = response.Header(HeaderId.From).ToArray(),
            RemoteAddress = response.Header(HeaderId.To).ToArray(),
            RouteSet = response.Has(HeaderId.RecordRoute) ? ReversedRoutes(response) : [],
            LocalCSeq = localCSeq,
            KeepsFlow = keepsFlow,
            RemoteTarget = requestUri,
        };
        dialog.Retarget(response);
        return dialog;
    }

    /// <summary>The key under which a request from the peer finds its dialog: its To tag is our local tag (RFC 3261 section 12.2.2).</summary>
    public static int KeyOf(Span<byte> key, SipMessage request) =>
        Join(key, request.Header(HeaderId.CallId), request.ToTagBytes, request.FromTagBytes);

    /// <summary>Takes the Contact of a target refresh (INVITE or UPDATE and their 2xx) as the new remote target (RFC 3261 section 12.2).</summary>
    public void Retarget(SipMessage message)
    {
        var rest = message.Header(HeaderId.Contact);
        if (!SipSyntax.NextInList(ref rest, out var first) || !NameAddress.TrySplit(first, out _, out var uri, out _) || System.Text.Ascii.Equals(uri, RemoteTarget))
        {
            return;
        }

        var written = SipStrings.Of(uri);
        if (SipUri.TryParse(written, out var parsed))
        {
            (RemoteTarget, target, Way) = (written, parsed, null);
        }
    }

    /// <summary>The 2xx that makes an early dialog a confirmed one: its route set counts (RFC 3261 section 13.2.2.4).</summary>
    public void Confirm(SipMessage success)
    {
        RouteSet = success.Has(HeaderId.RecordRoute) ? ReversedRoutes(success) : [];
        Way = null;
        Retarget(success);
    }

    /// <summary>Takes the flow in place of one that is lost.</summary>
    public void Follow(SipFlow flow)
    {
        if (!Flow.IsOpen)
        {
            (Flow, Way) = (flow, null);
        }
    }

    public uint NextCSeq() => ++LocalCSeq;

    /// <summary>False when the request is older than one seen before (RFC 3261 section 12.2.2: 500).</summary>
    public bool TakeRemoteCSeq(uint number)
    {
        if (number <= RemoteCSeq)
        {
            return false;
        }

        RemoteCSeq = number;
        return true;
    }

    /// <summary>
    /// Writes the start line, Route, From, To, Call-ID and CSeq of a request within the dialog (RFC 3261 section 12.2.1.1).
    /// A first route without lr is a strict router: it becomes the Request-URI and the target goes last.
    /// </summary>
    /// <param name="via">What goes by the flow that is used.</param>
    public void Begin(SipMessageWriter writer, SipMethod method, uint cseq, in OwnVia via)
    {
        var first = RouteSet.Count > 0 ? FirstRoute() : null;
        var strict = first is { IsLooseRouter: false };
        writer.Request(method.Name(), strict ? first!.ToString() : RemoteTarget).Via(via);
        for (var i = strict ? 1 : 0; i < RouteSet.Count; i++)
        {
            writer.Header(HeaderId.Route, RouteSet[i]);
        }

        if (strict)
        {
            writer.Header(HeaderId.Route, $"<{RemoteTarget}>");
        }

        writer.Header(HeaderId.MaxForwards, 70).Header(HeaderId.From, LocalAddress).Header(HeaderId.To, RemoteAddress).Header(HeaderId.CallId, CallId);
        writer.Begin(HeaderId.CSeq).Number(cseq).Text(" ").Text(method.Name()).EndLine();
    }

    /// <summary>Where requests go next: the first route, else the remote target; null when it cannot be read.</summary>
    public SipUri? NextHop() => RouteSet.Count > 0 ? FirstRoute() : target ??= SipUri.TryParse(RemoteTarget, out var parsed) ? parsed : null;

    internal static byte[] KeyOf(ReadOnlySpan<byte> callId, string localTag, ReadOnlySpan<byte> remoteTag)
    {
        Span<byte> key = stackalloc byte[KeyBytesMax];
        Span<byte> local = stackalloc byte[KeyBytesMax];
        return key[..Join(key, callId, local[..Utf8(localTag, local)], remoteTag)].ToArray();
    }

    private static byte[] Tagged(ReadOnlySpan<byte> address, string tag)
    {
        var tagged = new byte[address.Length + 5 + tag.Length];
        address.CopyTo(tagged);
        ";tag="u8.CopyTo(tagged.AsSpan(address.Length));
        System.Text.Encoding.ASCII.GetBytes(tag, tagged.AsSpan(address.Length + 5));
        return tagged;
    }

    // What does not fit would be cut from the key anyway.
    private static int Utf8(string text, Span<byte> space)
    {
        System.Text.Unicode.Utf8.FromUtf16(text, space, out _, out var written);
        return written;
    }

    private static List<string> ReversedRoutes(SipMessage response)
    {
        var routes = response.GetAll(HeaderId.RecordRoute);
        routes.Reverse();
        return routes;
    }

    /// <summary>Longest dialog key; longer ones are cut. The local tag, which we chose, comes first.</summary>
    internal const int KeyBytesMax = 512;

    private static int Join(Span<byte> key, ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag)
    {
        var length = 0;
        foreach (var part in (ReadOnlySpan<byte>)[0, 1, 2])
        {
            var bytes = part == 0 ? localTag : part == 1 ? remoteTag : callId;
            bytes = bytes[..Math.Min(bytes.Length, Math.Max(0, key.Length - length - 1))];
            bytes.CopyTo(key[length..]);
            length += bytes.Length;
            if (length < key.Length)
            {
                key[length++] = 0;
            }
        }

        return length;
    }

    private SipUri? FirstRoute() => NameAddress.TryParse(RouteSet[0], out var route) ? route.Uri : null;
}
