using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Interop;

/// <summary>
/// A gateway before which another make's caller or phone is tried: test callers (440 Hz), two agents, the peer's phone the first's (1000 Hz), a test
/// phone the second's (1700 Hz), a carrier (2100 Hz). Deadlines are for a machine that does much else.
/// </summary>
internal sealed class InteropGateway : IAsyncDisposable
{
    public const double Caller = 440, Peer = 1000, Colleague = 1700, Outside = 2100, HoldTune = 261.6;
    public const string User = "1001", ColleagueUser = "1002", Password = "secret";
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder;

    private InteropGateway(TemporaryFolder folder, RunningGateway gateway, TestPhone colleague, TestPhone carrier)
    {
        this.folder = folder;
        Gateway = gateway;
        ColleaguePhone = colleague;
        Carrier = carrier;
    }

    public RunningGateway Gateway { get; }

    public EventLog Events => Gateway.Events;

    public TestPhone ColleaguePhone { get; }

    /// <summary>Takes what a proxy sends on to numbers outside.</summary>
    public TestPhone Carrier { get; }

    public Guid Agent => Gateway.Setup.Phones[0].Agent;

    public Guid ColleagueAgent => Gateway.Setup.Phones[1].Agent;

    /// <param name="proxy">Where the trunk takes calls to numbers outside; the carrier itself when null.</param>
    public static async Task<InteropGateway> Start(IPEndPoint? proxy = null)
    {
        var folder = new TemporaryFolder();
        var carrier = TestPhone.Unregistered(Outside);
        var setup = new Setup { Outside = proxy ?? carrier.Address };
        var gateway = await RunningGateway.Start(folder.Path, setup, ("Telephony:SipTlsPort", "0"), ("Telephony:ConnectSeconds", "20"));
        var colleague = await TestPhone.Register(gateway.Sip, ColleagueUser, Password, Colleague);
        return new InteropGateway(folder, gateway, colleague, carrier);
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
        folder.Dispose();
    }
}
