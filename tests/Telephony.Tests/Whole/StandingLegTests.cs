using System.Text;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>An agent's leg that stays up from one caller to the next.</summary>
[Trait("needs", "server")]
public sealed class StandingLegTests : IAsyncLifetime
{
    private const double CallerHertz = 440, AgentHertz = 1500;
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private readonly BrowserAudio audio = new(AgentHertz);
    private RunningGateway gateway = null!;
    private TestCaller caller = null!;
    private BrowserPhone browser = null!;
    private SipMessage standing = null!;

    private Guid Agent => gateway.Setup.Phones[0].Agent;

    private StandingLegs Standing => gateway.Services.GetRequiredService<StandingLegs>();

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, null, ("Telephony:BrowserTimeoutSeconds", "3"));
        caller = new TestCaller(gateway.Sip);
        browser = await Window(1);
        standing = await Stand(browser, 1, audio);
    }

    public async ValueTask DisposeAsync()
    {
        await audio.DisposeAsync();
        await browser.DisposeAsync();
        await caller.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Three_callers_in_a_row_come_by_one_leg_each_heard_and_recorded()
    {
        foreach (var hertz in (double[])[440, 660, 880])
        {
            await using var outside = caller.Call(RunningGateway.Number, hertz: hertz);
            var (call, leg, recording) = await Join(recorded: true);
            for (var fifth = 0; fifth < 8; fifth++)
            {
                // Each 200 ms anew: what is recorded is long enough for a stretch that no busy machine broke.
                await outside.Audio.Hears(AgentHertz, Soon);
                await audio.Hears(hertz, Soon);
            }
            outside.HangUp();
            (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Ended);
            (await Told()).ShouldBe("left");
            var (callerSide, agentSide) = await Recorded.Whole(gateway, call, recording!.Value, Agent);
            Recorded.Best(callerSide, hertz).ShouldBeGreaterThan(0.8);
            Recorded.Best(agentSide, AgentHertz).ShouldBeGreaterThan(0.8);
            (await gateway.Events.Whole(call.Contact))[^1].ShouldBe(nameof(CallClosed));
        }
        Standing.Of(Agent).ShouldNotBeNull().IsTaken.ShouldBeFalse();
    }

    [Fact]
    public async Task The_agent_hears_a_caller_announced_and_is_held_and_let_go_by_commands()
    {
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var call = await gateway.Answered(Soon);
        var announced = audio.Hears(660, Soon);
        var leg = await gateway.Offer(call, Agent);
        (await Told()).ShouldBe("joined");
        await gateway.Events.Next<LegRinging>(call.Contact, e => e.Leg == leg, Soon);
        await announced;
        await gateway.Connect(call, leg, within: Soon);
        await audio.Hears(CallerHertz, Soon);

        await Ordered(call, new HoldLeg(leg));
        await gateway.Events.Next<CallHeld>(call.Contact, within: Soon);
        await Ordered(call, new RetrieveLeg(leg));
        await gateway.Events.Next<CallResumed>(call.Contact, within: Soon);
        await audio.Hears(CallerHertz, Soon);
        await outside.Audio.Hears(AgentHertz, Soon);

        await Ordered(call, new EndLeg(leg));
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Ended);
        (await Told()).ShouldBe("left");
        // The caller stays, and so does the leg: it can be joined at once again.
        var again = await gateway.Offer(call, Agent);
        (await Told()).ShouldBe("joined");
        await gateway.Connect(call, again, within: Soon);
        await audio.Hears(CallerHertz, Soon);
    }

    [Fact]
    public async Task The_tenants_name_is_spoken_to_the_agent_before_the_caller_is_there_and_the_caller_does_not_hear_it()
    {
        const double NameHertz = 1250;
        var spoken = gateway.Tone(NameHertz, 0.8);
        gateway.SpokenName = _ => spoken;
        // Spoken once before: a busy machine takes longer to fetch it than a joined agent is made to wait.
        await gateway.Services.GetRequiredService<TenantNames>().Get(gateway.Setup.Tenant(gateway.Setup.TenantId));
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        outside.Audio.Kept = TimeSpan.FromMinutes(1);
        var call = await gateway.Answered(Soon);
        var name = audio.Hears(NameHertz, Soon);
        var leg = await gateway.Offer(call, Agent);
        (await Told()).ShouldBe("joined");
        await name;
        await gateway.Connect(call, leg, within: Soon);
        await audio.Hears(CallerHertz, Soon);
        await outside.Audio.Hears(AgentHertz, Soon);
        Recorded.Best(outside.Audio.LastHeard(outside.Audio.Kept), NameHertz).ShouldBeLessThan(0.2);
    }

    [Fact]
    public async Task A_leg_that_cannot_be_joined_is_left_alone_and_the_agent_is_rung()
    {
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var call = await gateway.Answered(Soon);
        SipMessage rung;
        using (StalledMedia.Of(Standing.Of(Agent)!.Call.Media.Leg))
        {
            var leg = await gateway.Offer(call, Agent);
            for (rung = await browser.Next(); rung.Method == SipMethod.Info; rung = await browser.Next())
            {
                await browser.Answer(rung, 200);
            }
            rung.Method.ShouldBe(SipMethod.Invite);
            await gateway.Events.Next<LegRinging>(call.Contact, e => e.Leg == leg, Soon);
        }
        outside.HangUp();
        var told = await gateway.Events.Whole(call.Contact);
        told.Count(e => e == nameof(LegOffered)).ShouldBe(1);
        told.Count(e => e == nameof(LegRinging)).ShouldBe(1);
    }

    [Fact]
    public async Task An_agent_is_consulted_on_its_standing_leg_and_takes_the_caller_over()
    {
        await using var phone = await TestPhone.Register(gateway.Sip, "1002", "secret");
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var call = await gateway.Answered(Soon);
        var first = await gateway.Offer(call, gateway.Setup.Phones[1].Agent);
        var inside = await phone.NextCall(Soon);
        await gateway.Connect(call, first, within: Soon);
        await inside.Audio.Hears(CallerHertz, Soon);

        var second = await gateway.Offer(call, Agent);
        (await Told()).ShouldBe("joined");
        await gateway.Events.Next<LegAccepted>(call.Contact, e => e.Leg == second, Soon);
        await Ordered(call, new ConsultLeg(first, second, null));
        await inside.Audio.Hears(AgentHertz, Soon);
        await Ordered(call, new CompleteTransfer(first));
        await outside.Audio.Hears(AgentHertz, Soon);
        await audio.Hears(CallerHertz, Soon);
        outside.HangUp();
        (await Told()).ShouldBe("left");
    }

    [Fact]
    public async Task A_page_that_hangs_up_ends_the_callers_part_and_is_rung_for_the_next()
    {
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var (call, leg, _) = await Join(recorded: false);
        await audio.Hears(CallerHertz, Soon);
        await browser.InOwnDialog(standing, "BYE");
        (await browser.Next()).StatusCode.ShouldBe(200);
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.PartyHungUp);
        Standing.Of(Agent).ShouldBeNull();
        await gateway.Offer(call, Agent);
        (await browser.Next()).Method.ShouldBe(SipMethod.Invite);
    }

    [Fact]
    public async Task A_lost_leg_is_called_anew_by_the_next_page_and_has_the_caller_again()
    {
        await using var outside = caller.Call(RunningGateway.Number, hertz: CallerHertz);
        var (call, leg, _) = await Join(recorded: false);
        await audio.Hears(CallerHertz, Soon);
        await browser.DisposeAsync();
        await using var newer = new BrowserAudio(1800);
        browser = await Window(2);
        (await gateway.Events.Next<LegEnded>(call.Contact, e => e.Leg == leg, Soon)).End.ShouldBe(LegEnd.Lost);
        standing = await Stand(browser, 2, newer);
        var back = Guid.CreateVersion7();
        await gateway.Done(call, 0, new OfferLeg(back, Agent, 20_000) { Resumes = true });
        (await Told()).ShouldBe("joined");
        await gateway.Connect(call, back, within: Soon);
        await outside.Audio.Hears(1800, Soon);
        await newer.Hears(CallerHertz, Soon);
    }

    private async Task<(CallArrived Call, Guid Leg, Guid? Recording)> Join(bool recorded)
    {
        var call = await gateway.Answered(Soon);
        var leg = await gateway.Offer(call, Agent);
        (await Told()).ShouldBe("joined");
        Guid? recording = recorded ? Guid.CreateVersion7() : null;
        await gateway.Connect(call, leg, recording, Soon);
        await gateway.Events.Next<AgentAnswered>(call.Contact, within: Soon);
        return (call, leg, recording);
    }

    private async Task Ordered(CallArrived call, CallCommand command)
    {
        var (_, _, epoch, _) = await gateway.Order(call, -1, new StopPlaying());
        await gateway.Done(call, epoch, command);
    }

    /// <summary>What the page is told next.</summary>
    private async Task<string> Told()
    {
        var info = await browser.Next();
        (info.Method, info.Get(HeaderId.ContentType)).ShouldBe((SipMethod.Info, StandingLeg.ContentType));
        await browser.Answer(info, 200);
        return Encoding.UTF8.GetString(info.Body.Span);
    }

    private string Token(long epoch) => gateway.Services.GetRequiredService<TokenIssuer>().IssueForSip(Agent, epoch).Token;

    private async Task<BrowserPhone> Window(long epoch)
    {
        var window = await BrowserPhone.Open(gateway.Http);
        (await window.Register(Agent.ToString(), Token(epoch))).StatusCode.ShouldBe(200);
        return window;
    }

    private async Task<SipMessage> Stand(BrowserPhone window, long epoch, BrowserAudio sound)
    {
        var answer = await window.Invite(Agent.ToString(), StandingLegs.User, Token(epoch), sound.Offer());
        answer.StatusCode.ShouldBe(200);
        await window.InOwnDialog(answer, "ACK");
        sound.Begin(answer.Sdp!);
        await Eventually.Be(() => Standing.Of(Agent) is { IsReady: true }, Soon);
        return answer;
    }
}
