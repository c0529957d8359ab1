using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Registration;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Kamailio at 127.0.0.1 before the gateway, a trunk at 127.0.0.77, others elsewhere: who is behind the proxy counts, and only that proxy is believed.</summary>
[Trait("needs", "server")]
public sealed class TrustedProxyTests : IAsyncLifetime
{
    private const string Trunk = "127.0.0.77";
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private static readonly IPAddress Stranger = IPAddress.Parse("127.0.0.66"), Office = IPAddress.Parse("127.0.0.2"), Branch = IPAddress.Parse("127.0.0.3");
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private Kamailio proxy = null!;
    private IPEndPoint nowhere = null!;

    private Registrations Registrations => gateway.Services.GetRequiredService<Registrations>();

    private BanList Bans => gateway.Services.GetRequiredService<BanList>();

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(
            folder.Path, new Setup { TrunkNetwork = Trunk + "/32" },
            ("Telephony:SipTlsPort", "0"), ("Telephony:TrustedProxies", "127.0.0.1/32"), ("Telephony:PhoneNetworks", "127.0.0.2/31"));
        nowhere = new IPEndPoint(IPAddress.Loopback, 9);
        proxy = await Kamailio.Start(new IPEndPoint(IPAddress.Loopback, FreePorts.Any(SocketType.Dgram)), gateway.Sip, gateway.SipTls, nowhere);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    private static SipEndpoint Open(IPAddress address)
    {
        var endpoint = new SipEndpoint(new SipEndpointOptions { BindAddress = address, Port = 0 }, new SipHandlers { Invite = call => call.Reject(486), Error = _ => { } }, TimeProvider.System);
        endpoint.Start();
        return endpoint;
    }

    private async Task<int> Register(SipEndpoint phone, string user, string password = "secret") =>
        (await phone.Register(new SipRegistrationOptions { Registrar = $"sip:{proxy.Address}", User = user, Password = password }).FirstResult.WaitAsync(Soon)).Code;

    /// <summary>The status of the first final answer to a request with a Via below the sender's own.</summary>
    private static async Task<string> Ask(IPAddress from, IPEndPoint to, string method, string? below)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(from, 0));
        var id = Guid.NewGuid().ToString("N");
        var second = below is null ? "" : $"Via: SIP/2.0/UDP {below};branch=z9hG4bKb{id}\r\n";
        await socket.SendToAsync(
            Encoding.ASCII.GetBytes($"{method} sip:{RunningGateway.Number}@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bKa{id};rport\r\n{second}"
                + $"Max-Forwards: 9\r\nFrom: <sip:x@x>;tag=f\r\nTo: <sip:y@x>\r\nCall-ID: {id}\r\nCSeq: 1 {method}\r\nContact: <sip:x@{socket.LocalEndPoint}>\r\nContent-Length: 0\r\n\r\n"),
            to);
        var buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(Soon);
        while (true)
        {
            var status = Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, deadline.Token))[8..11];
            if (status != "100")
            {
                return status;
            }
        }
    }

    [Fact]
    public async Task The_trunk_behind_it_calls_an_agent_behind_it_and_both_are_heard()
    {
        await using var caller = new TestCaller(proxy.Address, IPAddress.Parse(Trunk));
        await using var phone = await TestPhone.Register(proxy.Address, "1001", "secret", 1000, address: Office);
        await using var outer = caller.Call(RunningGateway.Number);
        var call = await gateway.Answered();
        var leg = await gateway.Offer(call, gateway.Setup.Phones[0].Agent);
        var inner = await phone.NextCall(Soon);
        await gateway.Connect(call, leg);
        await Task.WhenAll(outer.Audio.Hears(1000, Soon), inner.Audio.Hears(440, Soon));
        outer.HangUp();
        await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg);
    }

    [Fact]
    public async Task A_stranger_behind_it_is_refused_and_banned_and_the_trunk_behind_it_is_not()
    {
        for (var n = 0; n < 12; n++) // points decay meanwhile
        {
            (await Ask(Stranger, proxy.Address, "INVITE", null)).ShouldBe("403");
        }
        Bans.All().ShouldHaveSingleItem().Address.ShouldBe(Stranger.ToString());
        (await Ask(Stranger, proxy.Address, "OPTIONS", null)).ShouldBe("403");
        (await Ask(IPAddress.Parse(Trunk), proxy.Address, "OPTIONS", null)).ShouldBe("200");
        (await Ask(IPAddress.Loopback, gateway.Sip, "OPTIONS", null)).ShouldBe("200"); // the proxy's own, by which it sees that we live
    }

    [Fact]
    public async Task Only_the_proxy_is_believed()
    {
        (await Ask(Stranger, gateway.Sip, "INVITE", Trunk)).ShouldBe("403");
        (await Ask(Stranger, gateway.Sip, "INVITE", $"x.invalid;received={Trunk}")).ShouldBe("403");
        (await Ask(Stranger, proxy.Address, "INVITE", $"x.invalid;received={Trunk}")).ShouldBe("403"); // it reports the sender, not what the sender says
        (await Ask(IPAddress.Loopback, gateway.Sip, "INVITE", "x.invalid")).ShouldBe("403");
        gateway.Events.All.OfType<CallArrived>().ShouldBeEmpty();
        (await Ask(IPAddress.Loopback, gateway.Sip, "INVITE", $"x.invalid;received={Trunk}")).ShouldBe("180");
        await gateway.Events.Next<CallArrived>();
    }

    [Fact]
    public async Task Phones_behind_it_are_told_apart_and_one_outside_of_the_phones_networks_needs_tls()
    {
        await using var office = Open(Office);
        await using var branch = Open(Branch);
        await using var stranger = Open(Stranger);
        (await Register(office, "1001")).ShouldBe(200);
        (await Register(branch, "1001")).ShouldBe(200);
        (await Register(stranger, "1002")).ShouldBe(403);
        var bindings = Registrations.Of(gateway.Setup.Phones[0].Agent);
        bindings.Select(b => b.Origin.Remote).ShouldBe([branch.LocalEndPoint, office.LocalEndPoint]);
        bindings.ShouldAllBe(b => b.Flow.Remote.Equals(proxy.Address));
        LegTarget.Devices([.. bindings.Select(Device.Of)], "x", false).Select(t => t.Device).Distinct().Count().ShouldBe(2);
        (Registrations.IsRegisteredFrom(Office), Registrations.IsRegisteredFrom(IPAddress.Loopback)).ShouldBe((true, false));
    }
}
