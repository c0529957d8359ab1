using System.Net;
using System.Text;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Edge;

/// <summary>
/// The way from other endpoints to phones whose connection is here, and back: a stateless proxy (RFC 3261 section 16.11, RFC 5626 section 5.3)
/// that goes by the connection named in the first Route. Two ways there are and no other: from a peer to any connection, and from
/// a phone, within a call, to a peer. Runs on the loop.
/// </summary>
/// <param name="isPeer">Whether that is the address of an endpoint we work with; port 0 asks for any port of it.</param>
/// <param name="sentBy">Host and port for what goes by a flow.</param>
/// <param name="connect">A flow to an address, or null.</param>
/// <param name="registered">The connection by which that Contact is registered now, or null: a phone that lost its own may have come back.</param>
internal sealed class EdgeProxy(
    Func<IPEndPoint, bool> isPeer, Func<SipFlow, string> sentBy, Func<IPEndPoint, SipTransport, SipFlow?> connect, Func<string, SipFlow?> registered)
{
    /// <summary>What the user part of our Route begins with.</summary>
    public const string UserPrefix = "flow-";

    /// <summary>What <see cref="Take"/> tells of a message that is for this endpoint, and of one that is done with.</summary>
    public const int NotOurs = -1, Done = 0;

    private const int DefaultHops = 70;
    private static readonly HeaderId[] Rewritten = [HeaderId.Via, HeaderId.Route, HeaderId.RecordRoute, HeaderId.MaxForwards, HeaderId.ContentLength];
    private static readonly HeaderId[] RewrittenInResponses = [HeaderId.Via, HeaderId.ContentLength];
    private readonly SipMessageWriter writer = new();

    private static ReadOnlySpan<byte> BranchPrefix => "z9hG4bKedge."u8;

    public FlowTokens Tokens { get; } = new();

    /// <summary>The Route by which a peer reaches what is connected by that flow; null for UDP, which has no connection.</summary>
    public string? RouteTo(SipFlow flow, string hostPort) =>
        Tokens.Of(flow) is { Length: > 0 } token ? $"<sip:{UserPrefix}{token}@{hostPort}{(flow.IsWebSocket ? ";transport=tcp" : flow.UriParameter)};lr>" : null;

    /// <summary><see cref="NotOurs"/>: the message is for this endpoint itself. <see cref="Done"/>: it has been passed on or dropped. Else the status to refuse it with.</summary>
    public int Take(SipMessage message, SipFlow source) => message.IsRequest ? TakeRequest(message, source) : TakeResponse(message, source);

    private int TakeRequest(SipMessage request, SipFlow source)
    {
        var rest = request.Header(HeaderId.Route);
        if (rest.IsEmpty || request.Fault is not null || !SipSyntax.NextInList(ref rest, out var first) || !NameAddress.UserOf(first).StartsWith(UserPrefix, StringComparison.Ordinal))
        {
            return NotOurs;
        }

        var named = Tokens.Find(NameAddress.UserOf(first)[UserPrefix.Length..]);
        var (to, status) = named == source ? (ToPeer(request), 403)
            : isPeer(new IPEndPoint(source.Remote.Address, 0)) ? (named ?? registered(request.RequestUri), 430) // RFC 5626 section 5.3.1: Flow Failed
            : (null, 403);
        var hops = SipSyntax.TryNumber(request.Header(HeaderId.MaxForwards), byte.MaxValue, out var left) ? (int)left : DefaultHops;
        var passes = to is not null && hops > 0 && to.Send(Passed(request, source, to, hops - 1, NameAddress.TryParse(first, out var route) ? route.UriText : ""));
        return passes || request.Method == SipMethod.Ack ? Done : to is null ? status : hops == 0 ? 483 : 430;
    }

    // Within a call only, and nowhere else: a phone does not choose whom we call.
    private SipFlow? ToPeer(SipMessage request)
    {
        var isInCall = !request.ToTagBytes.IsEmpty && request.LinesOf(HeaderId.Route) == 1 && request.GetAll(HeaderId.Route).Count == 1;
        return isInCall && SipUri.TryParse(request.RequestUri, out var uri) && IPAddress.TryParse(uri.Host, out var address) && uri.Port != 0
            && new IPEndPoint(address, uri.Port) is var peer && isPeer(peer)
            ? connect(peer, uri.Transport switch { "tcp" => SipTransport.Tcp, "tls" => SipTransport.Tls, _ => SipTransport.Udp }) : null;
    }

    private ReadOnlyMemory<byte> Passed(SipMessage request, SipFlow source, SipFlow to, int hops, string route)
    {
        request.TryTopVia(out var top);
        // The same for a retransmission, a CANCEL and the ACK of a refusal as for their INVITE (RFC 3261 section 16.11).
        var branch = $"{SipSyntax.Text(BranchPrefix)}{Tokens.Of(source)}.{SipSyntax.Text(top.Branch)}";
        writer.Request(request.MethodName, request.RequestUri).Via(new OwnVia(to.ViaName, sentBy(to), branch));
        ResponseWriter.WriteVias(writer, request, source);
        foreach (var further in request.GetAll(HeaderId.Route).Skip(1))
        {
            writer.Header(HeaderId.Route, further);
        }

        if (request.Method == SipMethod.Invite && request.ToTagBytes.IsEmpty)
        {
            writer.Header(HeaderId.RecordRoute, $"<{route}>");
        }

        request.CopyHeaders(HeaderId.RecordRoute, writer);
        request.CopyHeadersBut(Rewritten, writer.Header(HeaderId.MaxForwards, hops));
        return writer.FinishWith(request.Body.Span);
    }

    private int TakeResponse(SipMessage response, SipFlow source)
    {
        var vias = response.Header(HeaderId.Via);
        if (!SipSyntax.NextInList(ref vias, out var first) || !Via.TryParse(first, out var own) || !own.Branch.StartsWith(BranchPrefix))
        {
            return NotOurs;
        }

        var token = SipSyntax.Text(own.Branch[BranchPrefix.Length..]).Split('.')[0];
        var back = Tokens.Find(token);
        // What a peer answers goes to a phone, what a phone answers to a peer.
        if ((back ?? Before(response)) is { } to && (source.IsWebSocket || Tokens.Of(source).Length > 0 || isPeer(new IPEndPoint(source.Remote.Address, 0))))
        {
            to.Send(Passed(response));
        }

        return Done;
    }

    // The connection that the request came by is gone, or it came by UDP: its sender is found by the Via below ours (RFC 3261 section 18.2.2).
    private SipFlow? Before(SipMessage response)
    {
        if (response.GetAll(HeaderId.Via) is not [_, var below, ..] || !Via.TryParse(Encoding.UTF8.GetBytes(below), out var via))
        {
            return null;
        }

        var host = SipSyntax.TryParameter(via.Parameters, "received"u8, out var received) ? received : via.Host;
        var port = SipSyntax.TryParameter(via.Parameters, "rport"u8, out var rport) && SipSyntax.TryNumber(rport, IPEndPoint.MaxPort, out var seen) ? (int)seen : via.Port;
        return IPAddress.TryParse(SipSyntax.Text(host), out var address) && isPeer(new IPEndPoint(address, 0))
            ? connect(new IPEndPoint(address, port), Ascii.EqualsIgnoreCase(via.Transport, "UDP"u8) ? SipTransport.Udp : SipTransport.Tcp) : null;
    }

    private ReadOnlyMemory<byte> Passed(SipMessage response)
    {
        writer.Response(response.StatusCode, response.ReasonPhrase);
        foreach (var via in response.GetAll(HeaderId.Via).Skip(1))
        {
            writer.Header(HeaderId.Via, via);
        }

        response.CopyHeadersBut(RewrittenInResponses, writer);
        return writer.FinishWith(response.Body.Span);
    }
}
