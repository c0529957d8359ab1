using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Anchor;

namespace CallCenter.Telephony.Tests.Anchor;

/// <summary>What holds for every state and every input, and for every sequence of inputs.</summary>
public sealed class CallTablePropertyTests
{
    private static readonly Guid[] Legs = [.. Enumerable.Range(0, 4).Select(_ => Guid.NewGuid())];
    private static readonly Guid[] Recordings = [Guid.NewGuid(), Guid.NewGuid()];

    /// <summary>One state of each kind: phase x holder x activity x leg.</summary>
    private static IEnumerable<TableDriver> States()
    {
        foreach (var steps in (Action<TableDriver>[])
        [
            _ => { },
            d => d.Arrive(),
            d => { d.Arrive(); d.Fire(TimerKind.Control); },
            d => { d.Arrive(); d.Order(new OfferLeg(Legs[0], Guid.NewGuid(), 1000)); },
            d => d.Answered(),
            d => { d.Answered(); d.Order(new Play([TableDriver.Clip], true)); },
            d => { d.Answered(); d.Order(new Collect([TableDriver.Clip], 2, "#", 10, 10)); },
            d => { d.Answered(); d.Order(new Collect([], 2, "#", 10, 10)); },
            d => { d.Answered(); d.Order(new RecordMessage(Recordings[0], 2000, 1000, "#")); },
            d => { d.Answered(); d.Order(new RecordMessage(Recordings[0], 2000, 1000, "#")); d.Input(new PlaybackOver(d.LastCommand, PlayOutcome.Finished, 1)); },
            d => { d.Answered(); d.Order(new OfferLeg(Legs[0], Guid.NewGuid(), 1000)); },
            d => { d.Answered(); d.Order(new OfferLeg(Legs[0], Guid.NewGuid(), 1000)); d.Input(new LegTaken(Legs[0])); },
            d => { d.Answered(); Connect(d); },
            d => { d.Answered(); Connect(d); d.Input(new LegHeld(Legs[0])); },
            d => { d.Answered(); Connect(d); d.Order(new HoldLeg(Legs[0])); },
            d => { d.Answered(); Consult(d); },
            d => { d.Answered(); Consult(d); d.Order(new StartConference(Legs[0])); },
            d => { d.Answered(); Consult(d); d.Order(new CompleteTransfer(Legs[0])); },
            d => { d.Answered(); Connect(d); d.Order(new MonitorLeg(Legs[2], Guid.NewGuid(), Legs[0], MonitorMode.Barge, 1000)); d.Input(new LegTaken(Legs[2])); },
            d => { d.Answered(); Connect(d); d.Order(new DialNumber(Legs[2], "+358", 1000)); d.Input(new LegTaken(Legs[2])); },
            d => { d.Answered(); Connect(d); d.Order(new CollectCard(Legs[0], Guid.NewGuid(), [CardField.Number, CardField.Expiry], "7")); },
            d => { d.Answered(); Connect(d); d.Order(new CollectCard(Legs[0], Guid.NewGuid(), [CardField.Expiry], "7")); d.Digits("1229"); },
            d => { d.Answered(); Connect(d); d.Input(new LegGone(Legs[0], LegEnd.Lost)); },
            d => { d.Answered(); Connect(d); d.Input(new CallerHungUp()); },
            d => { d.Answered(); d.Input(new CallerLost()); },
            Place,
            d => { Place(d); d.Order(new OfferLeg(Legs[0], Guid.NewGuid(), 1000)); d.Input(new LegTaken(Legs[0])); },
            d => { Place(d); d.Order(new OfferLeg(Legs[0], Guid.NewGuid(), 1000)); d.Input(new LegTaken(Legs[0])); d.Order(new DialCaller(1000)); },
        ])
        {
            var driver = new TableDriver();
            steps(driver);
            yield return driver;
        }
    }

    private static void Place(TableDriver d) =>
        d.Input(new Place(new CallPlaced("g", "+1", "+2", Guid.NewGuid(), Guid.NewGuid(), PlacedTable.Epoch) { Leg = d.State.CallerLeg }));

    private static void Connect(TableDriver d)
    {
        d.Order(new OfferLeg(Legs[0], Guid.NewGuid(), 1000));
        d.Input(new LegTaken(Legs[0]));
        d.Order(new TakeControl(ControlHolder.Routing));
        d.Order(new ConnectAgent(Legs[0], Recordings[0]));
    }

    private static void Consult(TableDriver d)
    {
        Connect(d);
        d.Order(new OfferLeg(Legs[1], Guid.NewGuid(), 1000));
        d.Input(new LegTaken(Legs[1]));
        d.Order(new ConsultLeg(Legs[0], Legs[1], null));
    }

    private static CallCommand[] Commands(Guid leg, Guid recording) =>
    [
        new TakeControl(ControlHolder.Ivr), new TakeControl(ControlHolder.Routing), new TakeControl(ControlHolder.None), new AnswerCall(),
        new Play([TableDriver.Clip], true), new StopPlaying(), new Collect([TableDriver.Clip], 2, "#", 10, 10), new Collect([], 1, "", 10, 10),
        new HangUp("x"), new OfferLeg(leg, Guid.NewGuid(), 1000), new WithdrawLeg(leg), new ConnectAgent(leg, recording),
        new ConnectAgent(leg, null), new EndLeg(leg), new HoldLeg(leg), new RetrieveLeg(leg), new RecordMessage(recording, 2000, 1000, "#"),
        new ConsultLeg(leg, Legs[1], recording), new ConsultLeg(leg, Legs[2], null), new StartConference(leg), new SwitchConsult(leg), new EndConsult(leg), new CompleteTransfer(leg),
        new TransferLeg(leg), new DialNumber(leg, "+358123", 1000), new MonitorLeg(leg, Guid.NewGuid(), Legs[0], MonitorMode.Listen, 1000),
        new MonitorLeg(leg, Guid.NewGuid(), Legs[1], MonitorMode.Barge, 1000), new MonitorLeg(leg, Guid.NewGuid(), Legs[0], MonitorMode.TakeOver, 1000),
        new PauseRecording(leg), new ResumeRecording(leg), new SendDigits(leg, "1#"),
        new CollectCard(leg, Guid.NewGuid(), [CardField.Expiry], null), new CancelCard(leg), new DetectAnswer(leg, 5000),
        new PlaceCall("+358123", "+2", Guid.NewGuid()), new DialCaller(1000), new CheckNumber("+358123"),
    ];

    private static CallInput[] Inputs(Guid leg, Guid recording, Guid command) =>
    [
        new CallerHungUp(), new CallerLost(), new GatewayStops(), new CallerUnpaid(),
        new DigitPressed('5', DigitWay.TelephoneEvent), new DigitPressed('#', DigitWay.Info),
        new PlaybackOver(command, PlayOutcome.Finished, 20), new PlaybackOver(command, PlayOutcome.Failed, 0),
        new LegInvited(leg), new LegRings(leg), new LegTaken(leg), new LegFailed(leg, LegRefusal.Busy, 486),
        new LegGone(leg, LegEnd.PartyHungUp), new LegGone(leg, LegEnd.Lost), new LegHeld(leg), new LegRetrieved(leg),
        new RecordingStopped(recording, 3, 1500), new MessageSilent(recording), new TimerFired(new(TimerKind.Message)),
        new TimerFired(new(TimerKind.Card)), new TimerFired(new(TimerKind.CardPause)), new AnswerHeard(leg, AnswerKind.Human, 900, 0.9, null), new SpeechStopped(null),
        new TimerFired(new(TimerKind.Control)), new TimerFired(new(TimerKind.Hold)), new TimerFired(new(TimerKind.Digit)), new TimerFired(new(TimerKind.Connect, leg)), new TimerFired(new(TimerKind.Return)),
        new CallerInvited("+1", "t"), new CallerTook("PCMA"), new CallerDeclined("+1", LegRefusal.NoAnswer, 408),
    ];

    [Fact]
    public void Every_input_is_defined_in_every_state()
    {
        var checkedPairs = 0;
        foreach (var driver in States())
        {
            foreach (var order in Commands(Legs[0], Recordings[0]))
            {
                var (state, actions) = CallTable.Apply(driver.State, new Command(driver.Prepare(order)), driver.Now);
                actions.OfType<Reply>().ShouldHaveSingleItem($"{order} in {driver.State.Phase}");
                state.Epoch.ShouldBeGreaterThanOrEqualTo(driver.State.Epoch);
                checkedPairs++;
            }
            foreach (var input in Inputs(Legs[0], Recordings[0], driver.State.Activity?.Command ?? Guid.Empty))
            {
                var (state, actions) = CallTable.Apply(driver.State, input, driver.Now);
                actions.OfType<Reply>().ShouldBeEmpty();
                if (driver.State.Phase == CallPhase.Closed)
                {
                    actions.ShouldBeEmpty();
                    state.ShouldBe(driver.State);
                }
                checkedPairs++;
            }
        }
        checkedPairs.ShouldBe(28 * (37 + 31));
    }

    [Fact]
    public void Any_sequence_ends_with_one_CallClosed_and_each_leg_once()
    {
        const int seed = 20260301;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (var run = 0; run < 3000; run++)
        {
            var driver = new TableDriver();
            if (run % 3 == 0)
            {
                Place(driver);
            }
            else
            {
                driver.Arrive();
            }
            for (var step = 0; step < 60; step++)
            {
                RandomStep(driver, random);
            }
            driver.Input(new CallerHungUp());
            foreach (var recording in driver.State.Recordings.Keys)
            {
                driver.Input(new RecordingStopped(recording, 1, 500));
            }
            Check(driver, $"seed {seed}, run {run}");
        }
    }

    private static void RandomStep(TableDriver driver, Random random)
    {
        driver.Advance(TimeSpan.FromMilliseconds(random.Next(0, 50)));
        var leg = Legs[random.Next(Legs.Length)];
        var recording = random.Next(8) == 0 ? Guid.NewGuid() : Recordings[random.Next(2)];
        if (random.Next(2) == 0)
        {
            var commands = Commands(random.Next(3) == 0 ? Guid.NewGuid() : leg, recording);
            // Hanging up is as rare as the caller's going, or no sequence would be long.
            var order = commands[random.Next(commands.Length)];
            if (order is not HangUp || random.Next(10) == 0)
            {
                var prepared = driver.Prepare(order);
                driver.Send(random.Next(6) == 0 ? prepared with { Epoch = prepared.Epoch - 1 } : prepared);
            }
        }
        else
        {
            var inputs = Inputs(leg, recording, driver.State.Activity?.Command ?? Guid.Empty);
            driver.Input(inputs[random.Next(random.Next(40) == 0 ? 0 : 4, inputs.Length)]);
        }
        if (driver.State.Phase == CallPhase.Dialling && !driver.State.Legs.Values.Any(l => l is { Role: LegRole.Agent, Phase: LegPhase.Accepted }))
        {
            Assert.Fail("a customer's phone rings and no agent waits for the answer");
        }
        if (!HasItsCaller(driver.State))
        {
            Assert.Fail($"nobody is {driver.State.Bridged}, or somebody has the caller who is not: {string.Join("; ", driver.State.Legs.Values)}");
        }
    }

    /// <summary>A leg has the caller exactly while one speaks with the caller, or has left the caller to consult. No assertion a step: they are slow.</summary>
    private static bool HasItsCaller(CallState state) => state.Bridged is { } bridged
        ? state.Legs.TryGetValue(bridged, out var leg) && (leg.IsWithCaller || leg is { Phase: LegPhase.Consulting, With: not null })
        : !state.Legs.Values.Any(l => l.HasVoice);

    private static void Check(TableDriver driver, string run)
    {
        var events = driver.Events;
        driver.State.Phase.ShouldBe(CallPhase.Closed, run);
        events[^1].ShouldBeOfType<CallClosed>(run).Final.ShouldBeTrue();
        events.Count(e => e is CallClosed).ShouldBe(1, run);
        events.Count(e => e.Final).ShouldBe(1, run);
        driver.Actions.OfType<Close>().Count().ShouldBe(1, run);

        var ends = events.Where(e => e is LegEnded or LegRefused or NumberRefused or MonitorRefused).Select(e => e.Leg).ToList();
        ends.ShouldBeUnique(run);
        var begun = driver.Actions.OfType<InviteAgent>().Select(i => (Guid?)i.Leg).Concat(driver.Actions.OfType<DialOut>().Select(o => (Guid?)o.Leg)).Append(driver.State.CallerLeg);
        ends.ShouldBe(begun, ignoreOrder: true, run);

        var started = events.OfType<RecordingStarted>().Select(e => e.Recording).ToList();
        events.OfType<RecordingEnded>().Select(e => e.Recording).ShouldBe(started, ignoreOrder: true, run);
        driver.Actions.OfType<StopRecording>().Select(s => s.Recording).ToHashSet().IsSubsetOf(started).ShouldBeTrue(run);

        events.OfType<ControlChanged>().Select(e => e.Epoch).ShouldBe(Enumerable.Range(events[0] is CallPlaced ? 2 : 1, events.OfType<ControlChanged>().Count()).Select(n => (long)n), run);
        events.Select(e => e.OccurredAt).ShouldBeInOrder(SortDirection.Ascending, run);
        HoldsAreMatched(events, run);
        CardsAreOver(driver, run);
        VoicesAreThere(driver, run);
    }

    /// <summary>Nobody is connected who was not invited, or is over; the caller is with somebody exactly while a leg has it.</summary>
    private static void VoicesAreThere(TableDriver driver, string run)
    {
        var over = new HashSet<Guid>();
        foreach (var action in driver.Actions)
        {
            if (action is DropAgent drop)
            {
                Assert.True(over.Add(drop.Leg), run);
            }
            Guid[] legs = action switch
            {
                Bridge b => [b.Leg],
                HoldBridge h => [h.Leg],
                Mix m => [.. m.Voices.Select(voice => voice.Leg)],
                _ => [],
            };
            var voices = (action as Mix)?.Voices ?? [];
            if (legs.Distinct().Count() != legs.Length || legs.Any(over.Contains) || voices.Any(voice => voice.HeardBy.Any(hearer => hearer == voice.Leg || !legs.Contains(hearer))))
            {
                Assert.Fail($"{run}: {action}");
            }
        }
    }

    /// <summary>Whatever ended it, a collection is told as over and its clamp is off; a paused recording that goes on is told so.</summary>
    private static void CardsAreOver(TableDriver driver, string run)
    {
        var events = driver.Events;
        events.OfType<CardCollectionEnded>().Select(e => e.Collection).ShouldBe(events.OfType<CardCollectionStarted>().Select(e => e.Collection), run);
        var clamps = driver.Actions.OfType<ClampTones>().Select(clamp => clamp.Clamped).ToList();
        clamps.ShouldBe(Enumerable.Range(0, clamps.Count).Select(n => n % 2 == 0), run);
        (clamps.Count % 2).ShouldBe(0, run);
        driver.State.Card.ShouldBeNull(run);
        events.Count(e => e is RecordingResumed).ShouldBeLessThanOrEqualTo(events.Count(e => e is RecordingPaused), run);
    }

    private static void HoldsAreMatched(IReadOnlyList<Contracts.ContactEvent> events, string run)
    {
        foreach (var leg in events.Where(e => e.Leg is not null).GroupBy(e => e.Leg))
        {
            var held = false;
            foreach (var e in leg)
            {
                if (e is CallHeld or CallResumed)
                {
                    (e is CallHeld).ShouldNotBe(held, run);
                    held = e is CallHeld;
                }
            }
        }
    }
}
