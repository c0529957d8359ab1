using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>A call that we place, with an agent's phone and one outside that speak tones.</summary>
[Trait("needs", "server")]
public sealed class PlacedCallTests : IAsyncLifetime
{
    private const double Agent = 1000, Outside = 1700, RingBack = 425;
    private const string Customer = "+358912345";
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly TestPhone outside = TestPhone.Unregistered(Outside);
    private RunningGateway gateway = null!;
    private TestPhone phone = null!;
    private string instance = "";

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, new Setup { Outside = outside.Address });
        phone = await TestPhone.Register(gateway.Sip, "1001", "secret", Agent);
        instance = (await gateway.Events.Next<DeviceReachable>(gateway.Setup.Phones[0].Agent)).Gateway;
    }

    public async ValueTask DisposeAsync()
    {
        await phone.DisposeAsync();
        await outside.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_agent_accepts_hears_the_ringing_and_then_the_customer()
    {
        outside.WhenRinging = WhenRinging.Ring;
        var (contact, leg, inner) = await Accepted();
        (await Order(contact, 1, new DialCaller(30_000))).Outcome.ShouldBe(CommandOutcome.Done);
        var outer = await outside.NextCall(Soon);
        outer.Incoming!.Request.RequestUri.ShouldStartWith($"sip:{Customer}@");
        outer.Incoming.Request.FromUser.ShouldBe(RunningGateway.Number);
        await inner.Audio.Hears(RingBack, Soon);
        outer.Accept();
        await gateway.Events.Next<CallAnswered>(contact);
        var taken = await Order(contact, 1, new TakeControl(ControlHolder.Routing));
        (await Order(contact, taken.Epoch, new ConnectAgent(leg, null))).Outcome.ShouldBe(CommandOutcome.Done);
        await Task.WhenAll(inner.Audio.Hears(Outside, Soon), outer.Audio.Hears(Agent, Soon));
        outer.HangUp();
        await inner.WhenEnded(Soon);
        (await gateway.Events.Next<LegEnded>(contact, e => e.Role == LegRole.Caller)).End.ShouldBe(LegEnd.PartyHungUp);
        await gateway.Events.Next<CallClosed>(contact);
    }

    [Fact]
    public async Task A_customer_who_is_busy_frees_the_agent()
    {
        outside.WhenRinging = WhenRinging.Reject;
        var (contact, _, inner) = await Accepted();
        (await Order(contact, 1, new DialCaller(30_000))).Outcome.ShouldBe(CommandOutcome.Done);
        (await gateway.Events.Next<CallerRefused>(contact)).Refusal.ShouldBe(LegRefusal.Busy);
        await inner.WhenEnded(Soon);
        await gateway.Events.Next<CallClosed>(contact);
    }

    [Fact]
    public async Task What_may_not_be_dialled_is_refused_before_an_agent_is_asked()
    {
        (await Order(Guid.CreateVersion7(), 0, new PlaceCall("+4670", RunningGateway.Number, default))).Reason.ShouldBe("ForbiddenDestination");
        (await Order(Guid.CreateVersion7(), 0, new PlaceCall(Customer, RunningGateway.OtherNumber, default))).Reason.ShouldBe("UnknownNumber");
        (await Order(Guid.CreateVersion7(), 0, new PlaceCall("12;x", RunningGateway.Number, default))).Outcome.ShouldBe(CommandOutcome.Refused);
    }

    private async Task<(Guid Contact, Guid Leg, PhoneCall Agent)> Accepted()
    {
        var (contact, leg) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        (await Order(contact, 0, new PlaceCall(Customer, RunningGateway.Number, default))).Outcome.ShouldBe(CommandOutcome.Done);
        (await Order(contact, 0, new PlaceCall(Customer, RunningGateway.Number, default))).Outcome.ShouldBe(CommandOutcome.Done);
        (await Order(contact, 0, new OfferLeg(leg, gateway.Setup.Phones[0].Agent, 20_000))).Outcome.ShouldBe(CommandOutcome.Done);
        var inner = await phone.NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(contact);
        return (contact, leg, inner);
    }

    private Task<CommandResult> Order(Guid contact, long epoch, CallCommand command) => gateway.Order(
        new CallArrived(instance, "", "", "", default, 0) { Tenant = gateway.Setup.TenantId, Stream = contact }, epoch, command);
}
