using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>A SIP phone that is called once for the shift: contacts come by that call and leave it again.</summary>
[Trait("needs", "server")]
public sealed class ShiftPhoneTests : IAsyncLifetime
{
    private const double CallerHertz = 440, AgentHertz = 1000;
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;
    private TestPhone phone = null!;

    private Guid Agent => gateway.Setup.Phones[0].Agent;

    private StandingLegs Standing => gateway.Services.GetRequiredService<StandingLegs>();

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, null, ("Telephony:MediaTimeoutSeconds", "3"));
        caller = new TestCaller(gateway.Sip);
        phone = await TestPhone.Register(gateway.Sip, "1001", "secret", AgentHertz);
    }

    public async ValueTask DisposeAsync()
    {
        await phone.DisposeAsync();
        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_shift_of_three_contacts_of_two_tenants_is_one_call_to_the_phone()
    {
        var names = new[] { gateway.Setup.TenantId, gateway.Setup.OtherTenant }.ToDictionary(t => t, t => gateway.Tone(t == gateway.Setup.TenantId ? 1350 : 2100, 0.8));
        gateway.SpokenName = tenant => names[tenant];
        foreach (var tenant in names.Keys)
        {
            // Spoken once before: a busy machine takes longer to fetch it than a joined agent is made to wait.
            await gateway.Services.GetRequiredService<TenantNames>().Get(gateway.Setup.Tenant(tenant));
        }
        var line = await BeginShift();
        line.Incoming!.Request.Get("Answer-Mode").ShouldBe("Auto");
        line.Incoming.Request.Get(HeaderId.SessionExpires).ShouldNotBeNull();
        double[] callers = [440, 1700, 2500];
        foreach (var (number, hertz, name) in new[] { (RunningGateway.Number, 440.0, 1350.0), (RunningGateway.OtherNumber, 1700, 2100), (RunningGateway.Number, 2500, 1350) })
        {
            await using var outside = caller.Call(number, hertz: hertz);
            outside.Audio.Kept = TimeSpan.FromMinutes(1);
            var call = await gateway.Answered(Soon);
            var announced = line.Audio.Hears(name, Soon);
            var leg = await gateway.Offer(call, Agent);
            await announced;
            var recording = Guid.CreateVersion7();
            await gateway.Connect(call, leg, recording, Soon);
            for (var fifth = 0; fifth < 8; fifth++)
            {
                // Each 200 ms anew: what is recorded is long enough for a stretch that no busy machine broke.
                await Task.WhenAll(outside.Audio.Hears(AgentHertz, Soon), line.Audio.Hears(hertz, Soon));
            }
            outside.HangUp();
            (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Ended);
            var (callerSide, agentSide) = await Recorded.Whole(gateway, call, recording, Agent);
            Recorded.Best(agentSide, AgentHertz).ShouldBeGreaterThan(0.8);
            foreach (var other in callers)
            {
                (Recorded.Best(callerSide, other) > 0.8).ShouldBe(other == hertz, $"{other} Hz of the caller with {hertz} Hz");
            }
            Recorded.Best(outside.Audio.LastHeard(outside.Audio.Kept), name).ShouldBeLessThan(0.2, "the caller hears no name");
            (await gateway.Events.Whole(call.Contact))[^1].ShouldBe(nameof(CallClosed));
            Standing.Of(Agent).ShouldNotBeNull().IsTaken.ShouldBeFalse();
            line.Ended.IsCompleted.ShouldBeFalse("it is the same call");
        }
        var heard = line.Audio.PacketsHeard;
        await Eventually.Be(() => line.Audio.PacketsHeard > heard + 20, Soon);
        await gateway.Duty(Agent, AgentStatus.LoggedOut, AgentState.Idle, standingLeg: true);
        await line.WhenEnded(Soon);
        await Eventually.Be(() => Standing.Of(Agent) is null, Soon);
    }

    [Fact]
    public async Task The_phone_holds_hands_on_and_the_line_stays()
    {
        await using var colleague = await TestPhone.Register(gateway.Sip, "1002", "secret", 1700);
        var line = await BeginShift();
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var (call, leg) = await Join(line);

        line.Hold(true);
        await gateway.Events.Next<CallHeld>(call.Contact, e => e.Leg == leg, Soon);
        line.Hold(false);
        await gateway.Events.Next<CallResumed>(call.Contact, e => e.Leg == leg, Soon);
        await Task.WhenAll(outside.Audio.Hears(AgentHertz, Soon), line.Audio.Hears(CallerHertz, Soon));

        line.Transfer("1002");
        (await gateway.Events.Next<TransferAsked>(call.Contact, within: Soon)).Leg.ShouldBe(leg);
        var second = await gateway.Offer(call, gateway.Setup.Phones[1].Agent);
        await colleague.NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == second, Soon);
        await Ordered(call, new TransferLeg(leg));
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Transferred);
        await Eventually.Be(() => line.Referred.LastOrDefault()?.Code == 200, Soon);

        await Eventually.Be(() => Standing.Of(Agent) is { IsTaken: false }, Soon);
        line.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task An_agent_consults_a_colleague_on_its_line_who_takes_the_caller_over()
    {
        await using var colleague = await TestPhone.Register(gateway.Sip, "1002", "secret", 1700);
        var line = await BeginShift();
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var (call, leg) = await Join(line);
        var second = await gateway.Offer(call, gateway.Setup.Phones[1].Agent);
        var other = await colleague.NextCall(Soon);
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == second, Soon);
        await Ordered(call, new ConsultLeg(leg, second, null));
        await Task.WhenAll(line.Audio.Hears(1700, Soon), other.Audio.Hears(AgentHertz, Soon));
        await Ordered(call, new CompleteTransfer(leg));
        await Task.WhenAll(outside.Audio.Hears(1700, Soon), other.Audio.Hears(CallerHertz, Soon));
        await Eventually.Be(() => Standing.Of(Agent) is { IsTaken: false }, Soon);
        line.Ended.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task The_desk_ends_the_contact_and_the_phone_ends_both_then_it_rings_until_the_agent_is_available_anew()
    {
        var line = await BeginShift();
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var (call, leg) = await Join(line);
        await Ordered(call, new EndLeg(leg));
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Ended);
        await Eventually.Be(() => Standing.Of(Agent) is { IsTaken: false }, Soon);

        var again = await gateway.Offer(call, Agent);
        await gateway.Connect(call, again, within: Soon);
        await line.Audio.Hears(CallerHertz, Soon);
        line.HangUp();
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == again, Soon)).End.ShouldBe(LegEnd.PartyHungUp);
        await Eventually.Be(() => Standing.Of(Agent) is null, Soon);

        await gateway.Offer(call, Agent);
        var rung = await phone.NextCall(Soon);
        rung.Incoming!.Request.Get("Answer-Mode").ShouldBeNull("it is the contact that rings");
        outside.HangUp();
        await rung.WhenEnded(Soon);
        await gateway.Duty(Agent, AgentStatus.Break, AgentState.Idle, standingLeg: true);
        await BeginShift();
    }

    [Fact]
    public async Task A_caller_who_comes_while_the_phone_still_rings_for_the_shift_has_the_agent_who_answers()
    {
        phone.WhenRinging = WhenRinging.Ring;
        await gateway.Duty(Agent, AgentStatus.Available, AgentState.Idle, standingLeg: true);
        var line = await phone.NextCall(Soon);
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var call = await gateway.Answered(Soon);
        var leg = await gateway.Offer(call, Agent);
        await gateway.Events.Next<LegRinging>(call.Contact, e => e.Leg == leg, Soon);
        line.Accept();
        await gateway.Connect(call, leg, within: Soon);
        await Task.WhenAll(outside.Audio.Hears(AgentHertz, Soon), line.Audio.Hears(CallerHertz, Soon));
    }

    [Fact]
    public async Task A_caller_who_comes_before_the_word_that_the_agent_is_at_work_is_the_reason_to_call_the_phone()
    {
        await gateway.Duty(Agent, AgentStatus.Available, AgentState.Reserved, standingLeg: true);
        await Eventually.Be(() => gateway.Services.GetRequiredService<AgentDuties>().Of(Agent) is not null, Soon);
        Standing.Of(Agent).ShouldBeNull("a busy agent is not called");
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var call = await gateway.Answered(Soon);
        var leg = await gateway.Offer(call, Agent);
        var line = await phone.NextCall(Soon);
        line.Incoming!.Request.Get("Answer-Mode").ShouldBe("Auto");
        await gateway.Connect(call, leg, within: Soon);
        await line.Audio.Hears(CallerHertz, Soon);
    }

    [Fact]
    public async Task A_phone_that_refuses_the_line_is_rung_for_each_contact()
    {
        phone.WhenRinging = WhenRinging.Reject;
        await gateway.Duty(Agent, AgentStatus.Available, AgentState.Idle, standingLeg: true);
        await phone.NextCall(Soon);
        await Eventually.Be(() => Standing.Of(Agent) is null, Soon);
        phone.WhenRinging = WhenRinging.Answer;
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var call = await gateway.Answered(Soon);
        await gateway.Offer(call, Agent);
        (await phone.NextCall(Soon)).Incoming!.Request.Get("Answer-Mode").ShouldBeNull();
    }

    [Fact]
    public async Task A_line_that_is_wanted_no_more_goes_when_its_caller_has_gone()
    {
        var line = await BeginShift();
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        await Join(line);
        await gateway.Duty(Agent, AgentStatus.Available, AgentState.Talking, standingLeg: false);
        await Eventually.Be(() => gateway.Services.GetRequiredService<AgentDuties>().Of(Agent) is { StandingLeg: false }, Soon);
        await Task.WhenAll(outside.Audio.Hears(AgentHertz, Soon), line.Audio.Hears(CallerHertz, Soon));
        outside.HangUp();
        await line.WhenEnded(Soon);
    }

    [Fact]
    public async Task A_phone_that_vanishes_is_noticed_between_callers_and_called_again_when_it_is_back()
    {
        await BeginShift();
        await phone.Vanish();
        await Eventually.Be(() => Standing.Of(Agent) is null, Soon);
        phone = await TestPhone.Register(gateway.Sip, "1001", "secret", AgentHertz);
        await phone.NextCall(Soon);
        await Eventually.Be(() => Standing.Of(Agent) is { IsReady: true }, Soon);
    }

    /// <summary>The agent is Available; the phone is called and answers.</summary>
    private async Task<PhoneCall> BeginShift()
    {
        await gateway.Duty(Agent, AgentStatus.Available, AgentState.Idle, standingLeg: true);
        var line = await phone.NextCall(Soon);
        await Eventually.Be(() => Standing.Of(Agent) is { IsReady: true }, Soon);
        return line;
    }

    private async Task<(CallArrived Call, Guid Leg)> Join(PhoneCall line)
    {
        var call = await gateway.Answered(Soon);
        var leg = await gateway.Offer(call, Agent);
        await gateway.Connect(call, leg, within: Soon);
        await line.Audio.Hears(CallerHertz, Soon);
        return (call, leg);
    }

    private async Task Ordered(CallArrived call, CallCommand command)
    {
        var (_, _, epoch, _) = await gateway.Order(call, -1, new StopPlaying());
        await gateway.Done(call, epoch, command);
    }
}
