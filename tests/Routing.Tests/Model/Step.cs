using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests.Model;

/// <summary>What may happen to the world.</summary>
internal enum Deed
{
    Dial, HangUp, Accept, Reject, EndTalk, LoseTalk, Hold, EndWrapUp, TransferToQueue,
    LogIn, LogOut, TakeBreak, Register, Unregister, GoSilent,
    ChangeQueue, ChangeProfile,
    HoldNews, RepeatNews, LoseCommands, LoseAnswers, LoseCommits, LoseCommitAnswers, TakeDatabaseAway, Restart,
    Pass,
}

/// <summary>A deed, to whom, and how much of what follows is done before the next step.</summary>
/// <param name="A">Chooses who, or how much.</param>
/// <param name="Turns">Turns that are taken after it; so many that all comes to rest, in one of three.</param>
internal sealed record Step(Deed Deed, int A, int Turns)
{
    private const int UntilRest = 30;

    /// <summary>How often each deed is drawn.</summary>
    private static readonly Deed[] Deeds =
    [
        .. Enumerable.Repeat(Deed.Pass, 16), .. Enumerable.Repeat(Deed.Dial, 14), .. Enumerable.Repeat(Deed.Accept, 14), .. Enumerable.Repeat(Deed.HangUp, 6), .. Enumerable.Repeat(Deed.EndTalk, 6),
        .. Enumerable.Repeat(Deed.Reject, 4), .. Enumerable.Repeat(Deed.LogIn, 5), .. Enumerable.Repeat(Deed.LogOut, 4), .. Enumerable.Repeat(Deed.Restart, 3), .. Enumerable.Repeat(Deed.Register, 4),
        .. Enum.GetValues<Deed>(),
    ];

    private static readonly int[] PassesMs = [1, 10, 100, 500, 1_000, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 30_000, 70_000];

    public static Step Draw(Random random) => new(Deeds[random.Next(Deeds.Length)], random.Next(1_000), random.Next(3) == 0 ? UntilRest : random.Next(UntilRest));

    public void Do(World world)
    {
        world.Say($"--- {this}");
        switch (Deed)
        {
            case Deed.Dial when world.Calls.Count(call => call.IsOpen) < 5:
                world.Calls.Add(new SimulatedCall(world, Of(world.Queues).Id));
                break;
            case Deed.HangUp when OpenCalls(world) is { Count: > 0 } open:
                Of(open).HangUp();
                break;
            case Deed.Accept when Legs(world, Line.Rings) is { Count: > 0 } legs:
                Of(legs).Call.Accept(Of(legs).Leg);
                break;
            case Deed.Reject when Legs(world, Line.Rings) is { Count: > 0 } legs:
                Of(legs).Call.Refuse(Of(legs).Leg, A % 2 == 0 ? LegRefusal.Rejected : LegRefusal.Unreachable);
                break;
            case Deed.EndTalk or Deed.LoseTalk when Legs(world, Line.Connected) is { Count: > 0 } legs:
                Of(legs).Call.End(Of(legs).Leg, Deed == Deed.EndTalk ? LegEnd.PartyHungUp : LegEnd.Lost);
                break;
            case Deed.Hold when Legs(world, Line.Connected) is { Count: > 0 } legs:
                Of(legs).Call.Hold(Of(legs).Leg);
                break;
            case Deed.TransferToQueue when Legs(world, Line.Connected) is { Count: > 0 } legs:
                Transfer(world, Of(legs).Call, Of(legs).Leg);
                break;
            case Deed.EndWrapUp:
                EndWrapUp(world);
                break;
            case Deed.LogIn or Deed.LogOut or Deed.TakeBreak:
                Of(world.Agents).Choose(Deed switch { Deed.LogIn => AgentStatus.Available, Deed.LogOut => AgentStatus.LoggedOut, _ => AgentStatus.Break });
                break;
            case Deed.Register:
                Of(world.Agents).Register();
                break;
            case Deed.Unregister:
                Of(world.Agents).Unregister();
                break;
            case Deed.GoSilent:
                Of(world.Agents).GoSilent();
                break;
            case Deed.ChangeQueue:
                ChangeQueue(world);
                break;
            case Deed.ChangeProfile:
                world.Save([], [A % world.Agents.Count]);
                break;
            case Deed.HoldNews when world.Lanes.ToList() is { Count: > 0 } lanes:
                Of(lanes).Hold(TimeSpan.FromMilliseconds(PassesMs[A % 9]));
                break;
            case Deed.RepeatNews when world.Lanes.Where(lane => lane.Last is not null).ToList() is { Count: > 0 } lanes:
                world.Ask(() => world.Give([Of(lanes).Last!]));
                break;
            case Deed.Pass:
                world.Pass(TimeSpan.FromMilliseconds(PassesMs[A % PassesMs.Length]));
                return;
            default:
                Disturb(world);
                break;
        }

        world.Rest(Turns >= UntilRest ? int.MaxValue : Turns);
    }

    /// <summary>What goes wrong between Routing, its database and the gateway; a deed for which there is nobody does nothing.</summary>
    private void Disturb(World world)
    {
        switch (Deed)
        {
            case Deed.LoseCommands:
                world.BadCommands = world.BadCommands with { Lost = 1 + (A % 2) };
                break;
            case Deed.LoseAnswers:
                world.BadCommands = world.BadCommands with { Unanswered = 1 + (A % 3) };
                break;
            case Deed.LoseCommits:
                world.BadCommits = world.BadCommits with { Lost = 1 + (A % 3) };
                break;
            case Deed.LoseCommitAnswers:
                world.BadCommits = world.BadCommits with { Unknown = 1 + (A % 3) };
                break;
            case Deed.TakeDatabaseAway:
                world.TakeDatabaseAway(TimeSpan.FromMilliseconds(PassesMs[A % 9]));
                break;
            case Deed.Restart:
                world.Restart();
                break;
        }
    }

    public override string ToString() => $"{Deed} {A}, {(Turns >= UntilRest ? "until all is done" : $"{Turns} turns")}";

    private static List<SimulatedCall> OpenCalls(World world) => world.Calls.FindAll(call => call.IsOpen);

    private static List<(SimulatedCall Call, PhoneLeg Leg)> Legs(World world, Line line) =>
        [.. world.Calls.SelectMany(call => call.Legs.Where(leg => leg.Line == line).Select(leg => (call, leg)))];

    private T Of<T>(List<T> some) => some[A % some.Count];

    private void Transfer(World world, SimulatedCall call, PhoneLeg leg) => world.Ask(async () =>
    {
        var contact = world.Process.Grains.GetGrain<IContactGrain>(Keys.OfTenant(World.Tenant, call.Id));
        if (await contact.TransferToQueue(leg.Id, Of(world.Queues).Id) is not null)
        {
            return;
        }

        var done = await world.Send(new TransferLeg(leg.Id) { CommandId = world.NewId(), Contact = call.Id, Tenant = World.Tenant });
        if (!CallControl.Is(done))
        {
            await contact.CancelTransfer(leg.Id);
        }
    });

    private void EndWrapUp(World world)
    {
        var wrapping = world.Calls.SelectMany(call => (world.Store.Peek<ContactState>(StateTable.Contacts, call.Id)?.Legs ?? []).Where(leg => leg.Phase == LegPhase.WrapUp).Select(leg => (call, leg.Leg))).ToList();
        if (wrapping.Count > 0)
        {
            var (call, leg) = Of(wrapping);
            world.Ask(() => world.Process.Grains.GetGrain<IContactGrain>(Keys.OfTenant(World.Tenant, call.Id)).EndWrapUp(leg, "done"));
        }
    }

    private void ChangeQueue(World world)
    {
        var one = A % world.Queues.Count;
        var queue = world.Queues[one];
        world.Queues[one] = (A / 2 % 6) switch
        {
            0 => queue with { WrapUpMs = A % 5 * 1_000 },
            1 => queue with { OfferTimeoutMs = 5_000 + (A % 4 * 3_000) },
            2 when world.RingsAll && queue.Strategy != AgentStrategy.RingAll => queue with { Strategy = AgentStrategy.RingAll },
            2 => queue with { Strategy = (AgentStrategy)(A % (int)AgentStrategy.RingAll) },
            3 => queue with { Priority = 1 + (A % 99) },
            4 => queue with { MaxWait = queue.MaxWait is null ? new WaitLimit(20_000, one == 0 && A % 3 == 0 ? world.Queues[1].Id : null) : null },
            _ => queue with { NoAgent = queue.NoAgent is null ? new NoAgentRule() : null },
        };
        world.Save([one], []);
    }
}
