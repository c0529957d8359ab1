namespace CallCenter.Simulator.Plans;

/// <summary>When a caller gives up.</summary>
internal enum Leaves
{
    /// <summary>Before the system answers.</summary>
    Ringing,

    /// <summary>While greeting or menu speak.</summary>
    Menu,

    /// <summary>In the queue, when the patience ends.</summary>
    Queue,

    /// <summary>In the queue, when an agent's phone rings.</summary>
    AgentRinging,

    /// <summary>In the queue, by asking to be called back, when the patience ends.</summary>
    CalledBack,

    /// <summary>In talk, if the agent has not hung up before.</summary>
    Talk,

    /// <summary>Never presses a key: the system says good-bye.</summary>
    NeverChooses,
}

/// <summary>What a customer does when called back for the first time; later it answers.</summary>
internal enum FirstTry { Answers, IsBusy, IsAway }

/// <summary>What a caller does in one call; drawn before it begins.</summary>
/// <param name="Patience">Longest time until somebody talks, from the key; before the answer or in the menu: from the call's beginning or answer.</param>
/// <param name="BeforeKey">How long the menu is listened to, and again after a wrong key.</param>
/// <param name="WrongKey">Presses a key first that the menu does not have.</param>
/// <param name="Talk">Longest talk.</param>
/// <param name="Pause">Time until the next call.</param>
internal sealed record CallerPlan(Leaves Leaves, TimeSpan Patience, TimeSpan BeforeKey, bool WrongKey, TimeSpan Talk, TimeSpan Pause, FirstTry FirstTry)
{
    /// <param name="callbacks">Percent of those who come to a queue.</param>
    public static CallerPlan Draw(Random random, int callbacks)
    {
        var leaves = random.Next(100) switch
        {
            < 5 => Leaves.Ringing,
            < 12 => Leaves.Menu,
            < 27 => Leaves.Queue,
            < 32 => Leaves.AgentRinging,
            < 34 => Leaves.NeverChooses,
            _ => Leaves.Talk,
        };
        leaves = random.Next(100) < callbacks && leaves == Leaves.Talk ? Leaves.CalledBack : leaves;
        var patience = leaves switch
        {
            Leaves.Ringing => Between(random, 0, 0.3),
            Leaves.Menu => Between(random, 0.1, 6),
            Leaves.Queue => Between(random, 0.2, 12),
            Leaves.CalledBack => Between(random, 0.5, 3),
            _ => Between(random, 25, 70),
        };
        return new CallerPlan(leaves, patience, Between(random, 1.5, 5), random.Next(12) == 0, Between(random, 2, 25), Between(random, 1, 6),
            random.Next(4) switch { 0 => FirstTry.IsBusy, 1 => FirstTry.IsAway, _ => FirstTry.Answers });
    }

    internal static TimeSpan Between(Random random, double from, double to) => TimeSpan.FromSeconds(from + (random.NextDouble() * (to - from)));
}
