using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>SIP over WebSocket (RFC 7118), tokens (RFC 8898) and flows (RFC 5626), over real connections.</summary>
public sealed class WebSocketTests : IAsyncDisposable
{
    private readonly Channel<string> changes = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, BearerToken> tokens = new();
    private readonly Registrar registrar;
    private readonly Phone gateway;

    public WebSocketTests()
    {
        registrar = new Registrar(
            new RegistrarOptions { Realm = "r", Credentials = _ => null, Bearer = new BearerAuthenticator("r", token => tokens.GetValueOrDefault(token)) },
            TimeProvider.System)
        { Changed = change => changes.Writer.TryWrite($"{change.Kind} {change.User} {change.Binding.Epoch}") };
        gateway = new Phone(registrar);
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Theory]
    [InlineData(WebSocketMessageType.Text)]
    [InlineData(WebSocketMessageType.Binary)]
    public async Task A_message_of_either_kind_is_answered_by_the_same_socket(WebSocketMessageType type)
    {
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint);
        await peer.Send(Options("1"), type);
        var answer = await peer.ReceiveMessage();
        (answer.StatusCode, answer.Get(HeaderId.Via)).ShouldBe((200, "SIP/2.0/WS x.invalid;branch=z9hG4bK1;received=127.0.0.1"));
        answer.Get(HeaderId.Contact).ShouldNotBeNull().ShouldEndWith(";transport=ws>");
    }

    [Fact]
    public async Task A_keep_alive_gets_its_pong()
    {
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint);
        await peer.Send("\r\n\r\n");
        (await peer.Receive()).ShouldBe("\r\n");
    }

    [Fact]
    public async Task Garbage_is_counted_and_harms_nobody()
    {
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint);
        var random = new Random(7118);
        for (var i = 0; i < 50; i++)
        {
            var garbage = new byte[random.Next(1, 3000)];
            random.NextBytes(garbage);
            await peer.Send(garbage, WebSocketMessageType.Binary);
        }

        await peer.Send(Options("1"));
        (await peer.ReceiveMessage()).StatusCode.ShouldBe(200);
        gateway.Endpoint.Counters.Malformed.ShouldBe(50);
    }

    [Fact]
    public async Task A_message_above_the_bound_closes_the_socket_with_1009()
    {
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint);
        await peer.Send(new byte[SipMessageLimits.MessageBytesMax + 100], WebSocketMessageType.Binary);
        (await peer.Receive()).ShouldBeNull();
        peer.Socket.CloseStatus.ShouldBe(WebSocketCloseStatus.MessageTooBig);
        peer.Flow.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task A_peer_that_answers_no_ping_is_gone()
    {
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint, ping: TimeSpan.FromMilliseconds(100));
        await peer.Flow.Completion.Soon(); // the client reads nothing, so it answers no ping
        peer.Flow.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task Another_subprotocol_is_not_served()
    {
        using var stream = new MemoryStream();
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "chat" });
        Should.Throw<ArgumentException>(() => gateway.Endpoint.Serve(socket, false, new(0, 0), new(0, 0)));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Above_the_bound_a_socket_is_closed_at_once()
    {
        await using var small = new Phone(limits: new SipLimits { ConnectionsMax = 1 });
        await using var first = await WebSocketPeer.Open(small.Endpoint);
        await using var second = await WebSocketPeer.Open(small.Endpoint);
        (await second.Receive()).ShouldBeNull();
        first.Flow.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task A_token_registers_and_its_contact_is_echoed_and_outlives_it_never()
    {
        tokens["t"] = new("anna", 1, TimeProvider.System.GetUtcNow().AddSeconds(70));
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint);
        var answer = await peer.Register("anna", "t", expires: 600);
        answer.StatusCode.ShouldBe(200);
        var contact = answer.Address(HeaderId.Contact).ShouldNotBeNull();
        (contact.UriText, contact.Parameter("reg-id"), contact.Parameter("+sip.instance")).ShouldBe(
            ("sip:tab@x.invalid;transport=ws", "1", "<urn:uuid:8f0c1a8a-0000-4000-8000-1c2d3e4f5a6b>"));
        int.Parse(contact.Parameter("expires")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 70);
        answer.Get(HeaderId.Require).ShouldBe("outbound");
    }

    [Theory]
    [InlineData(null, "anna", "Bearer realm=\"r\"")]
    [InlineData("forged", "anna", "Bearer realm=\"r\", error=\"invalid_token\"")]
    [InlineData("t", "berta", "Bearer realm=\"r\", error=\"invalid_token\"")]
    public async Task Without_a_token_of_the_user_it_is_401(string? token, string user, string challenge)
    {
        tokens["t"] = new("anna", 1, TimeProvider.System.GetUtcNow().AddMinutes(5));
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint);
        var answer = await peer.Register(user, token);
        (answer.StatusCode, answer.Get(HeaderId.WwwAuthenticate)).ShouldBe((401, challenge));
        registrar.Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_newest_sign_in_is_the_only_one_that_is_registered()
    {
        tokens["old"] = new("anna", 1, TimeProvider.System.GetUtcNow().AddMinutes(5));
        tokens["new"] = new("anna", 2, TimeProvider.System.GetUtcNow().AddMinutes(5));
        await using var first = await WebSocketPeer.Open(gateway.Endpoint);
        await using var second = await WebSocketPeer.Open(gateway.Endpoint);
        (await first.Register("anna", "old", contact: "sip:1@x.invalid")).StatusCode.ShouldBe(200);
        (await second.Register("anna", "new", contact: "sip:2@x.invalid")).StatusCode.ShouldBe(200);
        registrar.Find("anna").ShouldHaveSingleItem().Contact.ShouldBe("sip:2@x.invalid");
        var refused = await first.Register("anna", "old", cseq: 2, contact: "sip:1@x.invalid");
        (refused.StatusCode, refused.ReasonPhrase).ShouldBe((403, "Superseded By A Newer Sign-In"));
        (await Changes(3)).ShouldBe(["Added anna 1", "Superseded anna 1", "Added anna 2"]);
    }

    [Fact]
    public async Task A_socket_is_for_one_user()
    {
        tokens["a"] = new("anna", 1, TimeProvider.System.GetUtcNow().AddMinutes(5));
        tokens["b"] = new("berta", 1, TimeProvider.System.GetUtcNow().AddMinutes(5));
        await using var peer = await WebSocketPeer.Open(gateway.Endpoint);
        (await peer.Register("anna", "a")).StatusCode.ShouldBe(200);
        (await peer.Register("berta", "b", contact: "sip:2@x.invalid")).StatusCode.ShouldBe(403);
    }

    [Fact]
    public async Task A_lost_socket_ends_its_registration_and_a_client_that_returns_replaces_it()
    {
        tokens["t"] = new("anna", 1, TimeProvider.System.GetUtcNow().AddMinutes(5));
        await using (var peer = await WebSocketPeer.Open(gateway.Endpoint))
        {
            await peer.Register("anna", "t");
        }

        (await Changes(2)).ShouldBe(["Added anna 1", "FlowLost anna 1"]);
        await using var again = await WebSocketPeer.Open(gateway.Endpoint);
        (await again.Register("anna", "t", contact: "sip:other@x.invalid")).StatusCode.ShouldBe(200);
        (await again.Register("anna", "t", cseq: 2, contact: "sip:third@x.invalid")).StatusCode.ShouldBe(200);
        registrar.Find("anna").ShouldHaveSingleItem().Contact.ShouldBe("sip:third@x.invalid"); // the same instance and reg-id
    }

    [Fact]
    public async Task A_call_goes_by_the_socket_of_the_registration_and_lives_on_when_it_is_lost()
    {
        tokens["t"] = new("anna", 1, TimeProvider.System.GetUtcNow().AddMinutes(5));
        var peer = await WebSocketPeer.Open(gateway.Endpoint);
        await peer.Register("anna", "t");
        var call = gateway.Call(UacInvite.ToBinding(registrar.Find("anna")[0]));
        var invite = await peer.ReceiveMessage();
        (invite.Method, invite.RequestUri).ShouldBe((SipMethod.Invite, "sip:tab@x.invalid;transport=ws"));
        invite.Get(HeaderId.Via).ShouldNotBeNull().ShouldStartWith("SIP/2.0/WS ");
        await peer.Send(Answer(invite, "200 OK", Phone.Sdp));
        await gateway.NextAsync<CallAnswered>(call);
        (await peer.ReceiveMessage()).Method.ShouldBe(SipMethod.Ack);

        await peer.DisposeAsync();
        await Changes(2);
        call.IsEnded.ShouldBeFalse();

        await using var again = await WebSocketPeer.Open(gateway.Endpoint);
        await again.Register("anna", "t", cseq: 2);
        call.Bye();
        var bye = await again.ReceiveMessage();
        (bye.Method, bye.CallId).ShouldBe((SipMethod.Bye, invite.CallId));
        await again.Send(Answer(bye, "200 OK", ""));
        (await gateway.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.LocalBye);
    }

    [Fact]
    public async Task What_rings_on_a_socket_that_is_lost_has_ended()
    {
        tokens["t"] = new("anna", 1, TimeProvider.System.GetUtcNow().AddMinutes(5));
        var peer = await WebSocketPeer.Open(gateway.Endpoint);
        await peer.Register("anna", "t");
        var call = gateway.Call(UacInvite.ToBinding(registrar.Find("anna")[0]));
        await peer.Send(Answer(await peer.ReceiveMessage(), "180 Ringing", ""));
        await gateway.NextAsync<CallProgress>(call);
        await peer.DisposeAsync();
        (await gateway.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.TransportError);
    }

    internal static string Answer(SipMessage request, string status, string sdp) =>
        $"SIP/2.0 {status}\nVia: {request.Get(HeaderId.Via)}\nFrom: {request.Get(HeaderId.From)}\nTo: {request.Get(HeaderId.To)}{(request.ToTag is null ? ";tag=peer" : "")}\n"
        + $"Call-ID: {request.CallId}\nCSeq: {request.CSeq} {request.MethodName}\nContact: <sip:tab@x.invalid;transport=ws>\n"
        + (sdp.Length > 0 ? "Content-Type: application/sdp\n" : "") + $"Content-Length: {sdp.Length}\n\n{sdp}";

    private static string Options(string id) =>
        $"OPTIONS sip:127.0.0.1 SIP/2.0\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK{id}\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\nCall-ID: {id}\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n";

    private async Task<List<string>> Changes(int count)
    {
        var list = new List<string>();
        while (list.Count < count)
        {
            list.Add(await changes.Reader.ReadAsync().AsTask().Soon());
        }

        return list;
    }
}
