using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CallCenter.Sip.Messages;

namespace CallCenter.TestKit.Phones;

/// <summary>
/// A browser's telephone without a browser: SIP over WebSocket (RFC 7118), written here as text as JsSIP writes it, one message after the
/// other in the order of the test.
/// </summary>
public sealed class BrowserPhone : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly ClientWebSocket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly string _name = Guid.NewGuid().ToString("N")[..12];
    private int _cseq;

    private BrowserPhone(ClientWebSocket socket) => _socket = socket;

    /// <summary>Contact of this window.</summary>
    public string Contact => $"sip:{_name}@{_name}.invalid;transport=ws";

    /// <summary>Opens the socket of a site as a page of that origin; its own when none is given, no Origin at all when empty. Throws HttpRequestException with the status when refused.</summary>
    /// <param name="trusted">The certificate that an https site must show.</param>
    public static async Task<BrowserPhone> Open(Uri site, string? origin = null, string subprotocol = "sip", X509Certificate2? trusted = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(subprotocol);
        socket.Options.CollectHttpResponseDetails = true;
        if (trusted is not null)
        {
            socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == trusted.GetCertHashString();
        }
        if (origin != "")
        {
            socket.Options.SetRequestHeader("Origin", origin ?? site.GetLeftPart(UriPartial.Authority));
        }
        try
        {
            var address = new UriBuilder(new Uri(site, "/sip")) { Scheme = site.Scheme == "https" ? "wss" : "ws" };
            await socket.ConnectAsync(address.Uri, CancellationToken.None).WaitAsync(Deadline);
            return new BrowserPhone(socket);
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new HttpRequestException($"the socket was refused with {(int)status}", e, status);
        }
    }

    /// <summary>Registers with a token; gives the answer.</summary>
    /// <param name="user">User part of From and To.</param>
    public async Task<SipMessage> Register(string user, string? token, int expires = 120)
    {
        await Send(
            $"REGISTER sip:callcenter SIP/2.0\n{Head(user, user, "REGISTER", $"reg-{_name}")}"
            + (token is null ? "" : $"Authorization: Bearer {token}\n")
            + $"Contact: <{Contact}>;+sip.ice;reg-id=1;+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-{_name}>\";expires={expires}\n"
            + "Supported: path,gruu,outbound\nAllow: INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY\nContent-Length: 0\n\n");
        return await Next();
    }

    /// <summary>Calls; gives the first answer but 100.</summary>
    public async Task<SipMessage> Invite(string user, string number, string? token, string sdp)
    {
        await Send(
            $"INVITE sip:{number}@callcenter SIP/2.0\n{Head(user, number, "INVITE", $"call-{_name}-{_cseq}")}"
            + (token is null ? "" : $"Authorization: Bearer {token}\n")
            + $"Contact: <{Contact};ob>\nSession-Expires: 90\nSupported: timer,ice,replaces,outbound\n"
            + $"Content-Type: application/sdp\nContent-Length: {Encoding.UTF8.GetByteCount(sdp)}\n\n{sdp}");
        var answer = await Next();
        return answer.StatusCode == 100 ? await Next() : answer;
    }

    /// <summary>Sends a request within the dialog that an INVITE of this phone made and the gateway answered with <paramref name="answer"/>.</summary>
    public Task InOwnDialog(SipMessage answer, string method) => Send(
        $"{method} {answer.Address(HeaderId.Contact)!.UriText} SIP/2.0\nVia: SIP/2.0/WS {_name}.invalid;branch=z9hG4bK{Guid.NewGuid():N}\nMax-Forwards: 69\n"
        + $"From: {answer.Get(HeaderId.From)}\nTo: {answer.Get(HeaderId.To)}\nCall-ID: {answer.CallId}\nCSeq: {(method == "ACK" ? answer.CSeq : (uint)++_cseq)} {method}\n"
        + "Content-Length: 0\n\n");

    /// <summary>The next message that comes.</summary>
    public async Task<SipMessage> Next()
    {
        var text = await Receive() ?? throw new InvalidOperationException($"the socket was closed: {(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}");
        return SipParser.Parse(Encoding.UTF8.GetBytes(text), out var reason) ?? throw new InvalidOperationException($"{reason}: {text}");
    }

    /// <summary>Waits until the gateway closes the socket; gives the close code and the reason.</summary>
    public async Task<(int Code, string Reason)> Closed()
    {
        while (await Receive() is not null)
        {
            // What else comes before the end.
        }
        return ((int)_socket.CloseStatus!.Value, _socket.CloseStatusDescription ?? "");
    }

    /// <summary>Answers a request.</summary>
    public Task Answer(SipMessage request, int code, string? sdp = null, string extra = "") => Send(
        $"SIP/2.0 {code} Said\n{string.Concat(request.GetAll(HeaderId.Via).Select(via => $"Via: {via}\n"))}"
        + $"From: {request.Get(HeaderId.From)}\nTo: {request.Get(HeaderId.To)}{(request.ToTag is null ? $";tag={_name}" : "")}\n"
        + $"Call-ID: {request.CallId}\nCSeq: {request.CSeq} {request.MethodName}\nContact: <{Contact}>\n{extra}"
        + (sdp is null ? "Content-Length: 0\n\n" : $"Content-Type: application/sdp\nContent-Length: {Encoding.UTF8.GetByteCount(sdp)}\n\n{sdp}"));

    /// <summary>Sends a request within the dialog that an INVITE of the gateway made and this phone answered.</summary>
    public Task InDialog(SipMessage invite, string method, string extra = "") => Send(
        $"{method} {invite.Address(HeaderId.Contact)!.UriText} SIP/2.0\nVia: SIP/2.0/WS {_name}.invalid;branch=z9hG4bK{Guid.NewGuid():N}\nMax-Forwards: 69\n"
        + $"From: {invite.Get(HeaderId.To)};tag={_name}\nTo: {invite.Get(HeaderId.From)}\nCall-ID: {invite.CallId}\nCSeq: {++_cseq} {method}\n"
        + $"Contact: <{Contact}>\n{extra}Content-Length: 0\n\n");

    public async Task Send(string message) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), WebSocketMessageType.Text, true, CancellationToken.None).WaitAsync(Deadline);

    /// <summary>Is gone without a word, as a tab that is killed.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Head(string from, string to, string method, string callId) =>
        $"Via: SIP/2.0/WS {_name}.invalid;branch=z9hG4bK{Guid.NewGuid():N}\nMax-Forwards: 69\nFrom: <sip:{from}@callcenter>;tag={_name}\n"
        + $"To: <sip:{to}@callcenter>\nCall-ID: {callId}\nCSeq: {++_cseq} {method}\nUser-Agent: test browser\n";

    private async Task<string?> Receive()
    {
        for (var length = 0; ;)
        {
            var result = await _socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(Deadline);
            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            if (result.EndOfMessage)
            {
                return Encoding.UTF8.GetString(_buffer, 0, length);
            }
        }
    }
}
