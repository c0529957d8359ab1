using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>60 calls, each ended by somebody at a random moment: every one closes whole, and nothing is left.</summary>
[Trait("needs", "server")]
public sealed class RandomEndsTests : IDisposable
{
    private const int Seed = 20260303, CallsAtOnce = 6, CallsInAll = 60;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private readonly TemporaryFolder folder = new();
    private readonly Setup setup = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Sixty_calls_with_random_ends_close_whole()
    {
        await using var gateway = await RunningGateway.Start(folder.Path, setup);
        await using var caller = new TestCaller(gateway.Sip);
        var phones = await Task.WhenAll(setup.Phones.Select(p => TestPhone.Register(gateway.Sip, p.User, "secret")));
        TestContext.Current.SendDiagnosticMessage($"seed {Seed}");
        var random = new Random(Seed);
        for (var n = 0; n < CallsInAll; n += CallsAtOnce)
        {
            var plans = Enumerable.Range(0, CallsAtOnce).Select(i => (Delay: random.Next(0, 400), Agent: random.Next(3), ByAgent: random.Next(4) == 0, Number: n + i)).ToList();
            await Task.WhenAll(plans.Select(p => OneCall(gateway, caller, phones, p.Agent, p.Delay, p.ByAgent, p.Number)));
        }

        var contacts = gateway.Events.All.OfType<CallArrived>().Select(e => e.Contact).Distinct().ToList();
        contacts.Count.ShouldBe(CallsInAll);
        foreach (var contact in contacts)
        {
            await gateway.Events.Whole(contact, Soon);
            var told = gateway.Events.Of(contact);
            told.OfType<RecordingEnded>().Count().ShouldBe(told.OfType<RecordingStarted>().Count());
            told.OfType<LegEnded>().Count(e => e.Role == LegRole.Caller).ShouldBe(1);
        }
        gateway.Events.All.OfType<AgentAnswered>().ShouldNotBeEmpty();
        gateway.Services.GetRequiredService<Calls>().Live.ShouldBeEmpty();
        await TestKit.Eventually.Be(() => gateway.Services.GetRequiredService<MediaEngine>().Legs == 0);
        foreach (var phone in phones)
        {
            await phone.DisposeAsync();
        }
    }

    /// <summary>Plays Ivr and Routing as fast as they can; a command that comes too late for the call is answered so, and that is right.</summary>
    private async Task OneCall(RunningGateway gateway, TestCaller caller, TestPhone[] phones, int agent, int delayMs, bool byAgent, int number)
    {
        var from = $"+35840{number:D7}";
        await using var outside = caller.Call(RunningGateway.Number, from);
        var call = await gateway.Events.Next<CallArrived>(where: e => e.Caller == from, within: Soon);
        var leg = Guid.CreateVersion7();
        var leaving = Leave();
        await gateway.Order(call, 0, new TakeControl(ControlHolder.Ivr));
        await gateway.Order(call, 1, new AnswerCall());
        await gateway.Order(call, 1, new Play([gateway.Tone(700, 0.5)], Loop: true));
        if ((await gateway.Order(call, 0, new OfferLeg(leg, setup.Phones[agent].Agent, 5000))).Outcome == CommandOutcome.Done)
        {
            var end = await gateway.Events.Next<Contracts.ContactEvent>(call.Contact, e => e.Leg == leg && e is LegAccepted or LegRefused or CallClosed, Soon);
            if (end is LegAccepted)
            {
                await gateway.Order(call, 1, new TakeControl(ControlHolder.Routing));
                await gateway.Order(call, 2, new ConnectAgent(leg, Guid.CreateVersion7()));
            }
        }
        await leaving;
        await gateway.Events.Next<CallClosed>(call.Contact, within: Soon);

        async Task Leave()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), TimeProvider.System);
            if (byAgent)
            {
                await gateway.Order(call, 0, new EndLeg(leg));
                await Task.Delay(TimeSpan.FromMilliseconds(delayMs), TimeProvider.System);
            }
            outside.HangUp();
        }
    }
}
