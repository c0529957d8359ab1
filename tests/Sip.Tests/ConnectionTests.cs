using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Tests;

/// <summary>What a TCP peer can do to us (RFC 3261 section 18, RFC 5626).</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task A_message_in_pieces_and_two_in_one_piece_are_answered()
    {
        await using var phone = new Phone();
        using var peer = await ConnectAsync(phone);
        var first = Options("1");
        peer.Send(first.AsSpan(0, 40));
        peer.Send(first.AsSpan(40));
        (await ReadAsync(peer, "CSeq: 1 OPTIONS")).ShouldStartWith("SIP/2.0 200 OK");
        byte[] both = [.. Options("2"), .. "\r\n"u8, .. Options("3")];
        peer.Send(both);
        await ReadAsync(peer, "Call-ID: 2", "Call-ID: 3");
    }

    [Fact]
    public async Task A_keep_alive_gets_its_pong()
    {
        await using var phone = new Phone();
        using var peer = await ConnectAsync(phone);
        peer.Send("\r\n\r\n"u8.ToArray());
        (await ReadAsync(peer, "\r\n")).ShouldBe("\r\n");
    }

    [Fact]
    public async Task A_stream_that_cannot_be_followed_is_closed()
    {
        await using var phone = new Phone();
        using var peer = await ConnectAsync(phone);
        peer.Send(Encoding.ASCII.GetBytes("OPTIONS sip:x SIP/2.0\r\nContent-Length: many\r\n\r\n"));
        (await ReadToEndAsync(peer)).ShouldBe("");
    }

    [Fact]
    public async Task Above_the_bound_a_connection_is_closed_at_once()
    {
        await using var phone = new Phone(limits: new SipLimits { ConnectionsMax = 1 });
        using var first = await ConnectAsync(phone);
        first.Send(Options("1"));
        await ReadAsync(first, "200 OK");
        using var second = await ConnectAsync(phone);
        (await ReadToEndAsync(second)).ShouldBe("");
        phone.Endpoint.Counters.Dropped.ShouldBe(1);
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        await using var phone = new Phone(limits: new SipLimits { ConnectionIdle = TimeSpan.FromMilliseconds(200) });
        using var peer = await ConnectAsync(phone);
        (await ReadToEndAsync(peer)).ShouldBe("");
    }

    [Fact]
    public async Task A_connection_that_dies_while_it_rings_fails_the_call_at_once()
    {
        await using var phone = new Phone();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var call = phone.Call(new UacInvite { Target = $"sip:1@{listener.LocalEndpoint};transport=tcp" });
        using (var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            var invite = SipParser.Parse(Encoding.UTF8.GetBytes(await ReadAsync(peer, "telephone-event/8000\r\n")), out _).ShouldNotBeNull();
            peer.Send(Encoding.UTF8.GetBytes($"SIP/2.0 180 Ringing\r\nVia: {invite.Get(HeaderId.Via)}\r\nFrom: {invite.Get(HeaderId.From)}\r\nTo: {invite.Get(HeaderId.To)};tag=t\r\nCall-ID: {invite.CallId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"));
            await phone.NextAsync<CallProgress>(call);
        }

        var end = await phone.NextAsync<CallEnded>(call);
        (end.Cause, end.Code).ShouldBe((SipEndCause.TransportError, 503));
    }

    private static byte[] Options(string callId) => Encoding.UTF8.GetBytes(
        $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK{callId}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: {callId}\r\nCSeq: {callId} OPTIONS\r\nContent-Length: 0\r\n\r\n");

    private static async Task<Socket> ConnectAsync(Phone phone)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(phone.Endpoint.LocalEndPoint, TestContext.Current.CancellationToken);
        return socket;
    }

    // Reads until all of the parts have come.
    private static async Task<string> ReadAsync(Socket socket, params string[] parts)
    {
        var text = "";
        var buffer = new byte[4096];
        while (!Array.TrueForAll(parts, part => text.Contains(part, StringComparison.Ordinal)))
        {
            var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon();
            read.ShouldBePositive(text);
            text += Encoding.UTF8.GetString(buffer, 0, read);
        }

        return text;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon();
            return Encoding.UTF8.GetString(buffer, 0, read);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return ""; // closed with bytes unread
        }
    }
}
