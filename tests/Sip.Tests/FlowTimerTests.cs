using System.Net.Sockets;
using System.Text;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;

namespace CallCenter.Sip.Tests;

/// <summary>Flow-Timer: how long a phone with outbound may be silent on its connection (RFC 5626 sections 4.4.1 and 5.4).</summary>
public sealed class FlowTimerTests : IAsyncDisposable
{
    private const int FlowTimerSeconds = 120;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30), Deadline = TimeSpan.FromSeconds(30);
    private static readonly byte[] KeepAlive = "\r\n\r\n"u8.ToArray();

    private readonly FakeClock clock = new();
    private readonly TaskCompletionSource<RegistrationChange> lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Registrar registrar;
    private readonly SipEndpoint endpoint;

    public FlowTimerTests()
    {
        registrar = new Registrar(
            new RegistrarOptions { Realm = "r", Credentials = user => Ha1.From(user, "r", "secret"), FlowTimerSeconds = FlowTimerSeconds, FlowGrace = Grace }, clock)
        {
            Changed = change =>
            {
                if (change.Kind == RegistrationChangeKind.FlowLost)
                {
                    lost.TrySetResult(change);
                }
            },
        };
        var handlers = new SipHandlers { Invite = call => call.Reject(486), Error = e => lost.TrySetException(e), Registrar = registrar };
        endpoint = new SipEndpoint(new SipEndpointOptions { Port = 0 }, handlers, clock);
        endpoint.Start();
    }

    public async ValueTask DisposeAsync() => await endpoint.DisposeAsync();

    [Fact]
    public async Task A_phone_whose_keep_alives_stay_away_is_dropped_and_one_that_sends_them_is_not()
    {
        using var silent = await Connect();
        using var alive = await Connect();
        var answer = await Register(silent, "1001");
        (answer.StatusCode, answer.Get("Flow-Timer"), answer.Get(HeaderId.Require)).ShouldBe((200, "120", "outbound"));
        await Register(alive, "1002");

        clock.Move(TimeSpan.FromSeconds(FlowTimerSeconds - 1));
        alive.Send(KeepAlive);
        (await Read(alive)).ShouldBe("\r\n");
        clock.Move(Grace + TimeSpan.FromSeconds(2));

        (await Read(silent)).ShouldBe("");
        (await lost.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken)).User.ShouldBe("1001");
        registrar.Find("1001").ShouldBeEmpty();
        alive.Send(KeepAlive);
        (await Read(alive)).ShouldBe("\r\n");
        registrar.Find("1002").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Without_outbound_nothing_is_promised_and_nobody_is_dropped()
    {
        using var phone = await Connect();
        var answer = await Register(phone, "1001", outbound: false);
        (answer.StatusCode, answer.Get("Flow-Timer"), answer.Get(HeaderId.Require)).ShouldBe((200, null, null));

        clock.Move(TimeSpan.FromSeconds(FlowTimerSeconds) + Grace + TimeSpan.FromSeconds(1));
        phone.Send(KeepAlive);
        (await Read(phone)).ShouldBe("\r\n");
        registrar.Find("1001").ShouldHaveSingleItem();
    }

    private async Task<Socket> Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint.LocalEndPoint, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<SipMessage> Register(Socket phone, string user, bool outbound = true)
    {
        phone.Send(Request(user, 1, outbound, ""));
        var challenge = Parse(await ReadMessage(phone));
        var credentials = DigestClient.Answer(challenge, new SipCredentials(user, "secret"), "REGISTER", "sip:r").ShouldNotBeNull();
        phone.Send(Request(user, 2, outbound, $"{credentials.Name}: {credentials.Value}\r\n"));
        return Parse(await ReadMessage(phone));
    }

    private static byte[] Request(string user, int cseq, bool outbound, string authorization) => Encoding.UTF8.GetBytes(
        $"REGISTER sip:r SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK{user}{cseq}\r\nFrom: <sip:{user}@r>;tag=1\r\nTo: <sip:{user}@r>\r\nCall-ID: {user}\r\nCSeq: {cseq} REGISTER\r\n"
        + $"Contact: <sip:{user}@192.0.2.1;transport=tcp>;reg-id=1;+sip.instance=\"<urn:uuid:8f0c1a8a-0000-4000-8000-1c2d3e4f{user}>\"\r\n"
        + $"{(outbound ? "Supported: path, outbound\r\n" : "")}{authorization}Content-Length: 0\r\n\r\n");

    private static SipMessage Parse(string text) => SipParser.Parse(Encoding.UTF8.GetBytes(text), out var reason) ?? throw new InvalidOperationException(reason);

    private static async Task<string> ReadMessage(Socket socket)
    {
        var text = "";
        while (!text.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var more = await Read(socket);
            more.ShouldNotBeEmpty(text);
            text += more;
        }

        return text;
    }

    // What has come, "" at the connection's end.
    private static async Task<string> Read(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline, TestContext.Current.CancellationToken);
            return Encoding.UTF8.GetString(buffer, 0, read);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "";
        }
    }
}
