using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>
/// A gateway before which another make's caller or phone is tried: test callers (440 Hz), two agents, the peer's phone the first's (1000 Hz), a test
/// phone the second's (1700 Hz), a carrier (2100 Hz). Deadlines are for a machine that does much else.
/// </summary>
internal sealed partial class InteropGateway : IAsyncDisposable
{
    public const double Caller = 440, Peer = 1000, Colleague = 1700, Outside = 2100, HoldTune = 261.6;
    public const string User = "1001", ColleagueUser = "1002", Password = "secret";

    /// <summary>Of session timers: the least (RFC 4028), so that a refresh comes after 45 s.</summary>
    public const int SessionSeconds = 90;
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder;
    private readonly Kamailio? proxy;

    private InteropGateway(TemporaryFolder folder, RunningGateway gateway, Kamailio? proxy, TestPhone colleague, TestPhone carrier)
    {
        this.folder = folder;
        this.proxy = proxy;
        Gateway = gateway;
        ColleaguePhone = colleague;
        Carrier = carrier;
    }

    /// <summary>Where peers and callers find it: the gateway's own, or the proxy's.</summary>
    public IPEndPoint Sip => proxy?.Address ?? Gateway.Sip;

    /// <inheritdoc cref="Sip"/>
    public IPEndPoint SipTls => proxy?.Tls ?? Gateway.SipTls;

    public RunningGateway Gateway { get; }

    public EventLog Events => Gateway.Events;

    public TestPhone ColleaguePhone { get; }

    /// <summary>Takes what a proxy sends on to numbers outside.</summary>
    public TestPhone Carrier { get; }

    public Guid Agent => Gateway.Setup.Phones[0].Agent;

    public Guid ColleagueAgent => Gateway.Setup.Phones[1].Agent;

    /// <summary>Its web by HTTP and, with a certificate of its own, by HTTPS.</summary>
    public static Task<InteropGateway> Start() => Start(null);

    /// <summary>Kamailio before it: peers and callers, and the trunk's calls to numbers outside, go through that.</summary>
    public static Task<InteropGateway> BehindKamailio() => Start(new IPEndPoint(IPAddress.Loopback, FreePorts.Any(SocketType.Dgram)));

    private static async Task<InteropGateway> Start(IPEndPoint? proxyAt)
    {
        var folder = new TemporaryFolder();
        var (certificate, key) = await OwnCertificate.Write(folder.Path);
        var carrier = TestPhone.Unregistered(Outside);
        var gateway = await RunningGateway.Start(folder.Path, new Setup { Outside = proxyAt ?? carrier.Address }, [
            ("Telephony:SipTlsPort", "0"), ("Telephony:ConnectSeconds", "20"), ("Telephony:SessionSeconds", $"{SessionSeconds}"),
            ("urls", "http://127.0.0.1:0;https://127.0.0.1:0"), ("Kestrel:Certificates:Default:Path", certificate), ("Kestrel:Certificates:Default:KeyPath", key)]);
        var proxy = proxyAt is null ? null : await Kamailio.Start(proxyAt, gateway.Sip, gateway.SipTls, carrier.Address);
        var colleague = await TestPhone.Register(gateway.Sip, ColleagueUser, Password, Colleague);
        return new InteropGateway(folder, gateway, proxy, colleague, carrier);
    }

    /// <summary>Waits until the peer's phone is registered.</summary>
    public Task Registered() => Events.Next<DeviceReachable>(Agent, within: Soon);

    /// <summary>The next call is answered, the agent's phone takes it, both are together.</summary>
    public async Task<(CallArrived Call, Guid Leg)> Connected(Guid agent)
    {
        var call = await Gateway.Answered(Soon);
        var leg = await Gateway.Offer(call, agent);
        await Gateway.Connect(call, leg, within: Soon);
        return (call, leg);
    }

    /// <summary>Waits until the session timer of a leg was refreshed: by us or by the peer, with UPDATE or a further INVITE, and its 200.</summary>
    public Task Refreshed(CallArrived call, LegRole party, bool byUs) => Eventually.Be(
        () =>
        {
            var all = Events.All.OfType<SipMessagesSeen>().Where(e => e.Contact == call.Contact).SelectMany(e => e.Messages).Where(m => m.Party == party).ToList();
            var asked = all.Where(m => m.Sent == byUs && (m.Text.StartsWith("UPDATE ", StringComparison.Ordinal) || (m.Text.StartsWith("INVITE ", StringComparison.Ordinal) && ToTag().IsMatch(m.Text))));
            return asked.Any(request => all.Any(m => m.Sent != byUs && m.Text.StartsWith("SIP/2.0 200", StringComparison.Ordinal) && CSeq().Match(m.Text).Value == CSeq().Match(request.Text).Value));
        },
        TimeSpan.FromSeconds(SessionSeconds));

    /// <summary>What Routing does when an agent's phone hands the caller on to the colleague: the colleague has the caller.</summary>
    public async Task HandOn(CallArrived call, Guid leg)
    {
        var asked = await Events.Next<TransferAsked>(call.Contact, e => e.Leg == leg, Soon);
        (asked.Agent, asked.ToAgent, asked.Attended).ShouldBe((Agent, ColleagueAgent, false));
        var next = await Gateway.Offer(call, ColleagueAgent);
        await Gateway.Done(call, 0, new TransferLeg(leg));
        await Gateway.Connect(call, next, within: Soon);
        (await Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Transferred);
    }

    public async ValueTask DisposeAsync()
    {
        await ColleaguePhone.DisposeAsync();
        await Carrier.DisposeAsync();
        await Gateway.DisposeAsync();
        if (proxy is not null)
        {
            await proxy.DisposeAsync();
        }
        folder.Dispose();
    }

    [GeneratedRegex(@"^To:.*;tag=", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ToTag();

    [GeneratedRegex(@"^CSeq: .*$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex CSeq();
}
