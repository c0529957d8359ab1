using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip;
using CallCenter.Sip.Registration;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Attacks from an address outside of the trunks' range while calls of the trunk go on.</summary>
[Trait("needs", "server")]
public sealed class AttackTests : IAsyncLifetime
{
    private static readonly IPAddress Outside = IPAddress.Parse("127.0.0.66");
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, new Setup { TrunkNetwork = "127.0.0.1/32" });
        caller = new TestCaller(gateway.Sip);
    }

    public async ValueTask DisposeAsync()
    {
        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    private HttpClient As(Role role)
    {
        var client = new HttpClient { BaseAddress = gateway.Http };
        var token = gateway.Services.GetRequiredService<TokenIssuer>().Issue(new Caller(Guid.CreateVersion7(), "Someone", role, [])).Token;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<JsonElement[]> Bans(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/telephony/bans", Ct)).GetProperty("items").EnumerateArray()];

    private async Task<RegistrationResult> Register(string user, string password)
    {
        await using var endpoint = new SipEndpoint(new SipEndpointOptions { BindAddress = Outside, Port = 0 }, new SipHandlers { Invite = _ => { }, Error = _ => { } }, TimeProvider.System);
        endpoint.Start();
        return await endpoint.Register(new SipRegistrationOptions { Registrar = $"sip:{gateway.Sip}", User = user, Password = password }).FirstResult.WaitAsync(RunningGateway.Soon);
    }

    [Fact]
    public async Task Who_guesses_passwords_is_banned_listed_and_let_in_again_by_the_administrator()
    {
        using var administrator = As(Role.Administrator);
        for (var n = 0; n < 10; n++)
        {
            // Known and unknown users alike, in every word.
            (await Register(n % 2 == 0 ? "1001" : "nobody", "wrong" + n)).Code.ShouldBe(401);
        }
        var ban = (await Bans(administrator)).Single();
        ban.GetProperty("address").GetString().ShouldBe("127.0.0.66");

        await using var call = caller.Call(RunningGateway.Number);
        await gateway.Events.Next<CallArrived>(); // the trunk is not touched
        call.HangUp();

        using var supervisor = As(Role.Supervisor);
        (await supervisor.GetAsync("/api/telephony/bans", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await supervisor.DeleteAsync("/api/telephony/bans/127.0.0.66", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await administrator.DeleteAsync("/api/telephony/bans/nonsense", Ct)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await administrator.DeleteAsync("/api/telephony/bans/127.0.0.66", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await administrator.DeleteAsync("/api/telephony/bans/127.0.0.66", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Register("1003", "secret")).IsRegistered.ShouldBeTrue();
    }

    [Fact]
    public async Task A_flood_at_ten_times_the_limit_leaves_the_trunks_calls_alone()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(Outside, 0));
        using var done = new CancellationTokenSource();
        var sent = 0;
        var flood = Task.Run(
            () =>
        {
            while (!done.IsCancellationRequested && sent < 20_000)
            {
                var text = $"INVITE sip:{RunningGateway.Number}@{gateway.Sip} SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bKf{sent};rport\r\nFrom: <sip:{sent}@x>;tag=f\r\nTo: <sip:1@x>\r\nCall-ID: flood{sent}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
                socket.SendTo(Encoding.ASCII.GetBytes(text), gateway.Sip);
                if (++sent % 40 == 0)
                {
                    done.Token.WaitHandle.WaitOne(20); // 2,000 a second
                }
            }
        },
            Ct);
        for (var n = 0; n < 10; n++)
        {
            var seen = gateway.Events.All.OfType<CallArrived>().Count();
            await using var call = caller.Call(RunningGateway.Number);
            await Eventually.Be(() => gateway.Events.All.OfType<CallArrived>().Count() > seen);
            var arrived = gateway.Events.All.OfType<CallArrived>().Last();
            await gateway.Done(arrived, 0, new TakeControl(ControlHolder.Ivr));
            await gateway.Done(arrived, 1, new AnswerCall());
            await call.WhenAnswered(RunningGateway.Soon);
            call.HangUp();
        }
        await done.CancelAsync();
        await flood;
        gateway.Events.All.OfType<CallArrived>().Count().ShouldBe(10);
        gateway.Services.GetRequiredService<CallCenter.Telephony.Bans.BanList>().Dropped.ShouldBeGreaterThan(0);
        using var administrator = As(Role.Administrator);
        (await Bans(administrator)).Single().GetProperty("offence").GetString().ShouldBe("UnknownCaller");
    }

    [Fact]
    public async Task A_scanner_gets_no_answer()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(Outside, 0));
        var text = $"OPTIONS sip:100@{gateway.Sip} SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bKs;rport\r\nFrom: <sip:100@x>;tag=f\r\nTo: <sip:100@x>\r\nCall-ID: scan\r\nCSeq: 1 OPTIONS\r\nUser-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n";
        await socket.SendToAsync(Encoding.ASCII.GetBytes(text), gateway.Sip, Ct);
        using var administrator = As(Role.Administrator);
        await Eventually.Be(async () => (await Bans(administrator)).Length == 1);
        socket.Available.ShouldBe(0);
    }
}
