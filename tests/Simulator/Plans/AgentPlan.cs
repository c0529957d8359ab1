namespace CallCenter.Simulator.Plans;

/// <summary>What an agent does when the phone rings.</summary>
internal enum Act
{
    Answer,

    /// <summary>Refuses with 486.</summary>
    Reject,

    /// <summary>Lets it ring until the system gives up.</summary>
    Miss,
}

/// <summary>What an agent does with one offer; drawn when the phone rings.</summary>
/// <param name="After">From ringing to answer or refusal.</param>
/// <param name="Talk">Longest talk.</param>
/// <param name="HoldAfter">When the caller is put on hold; null: never.</param>
/// <param name="Hold">How long.</param>
/// <param name="WrapUp">From the talk's end to the disposition; null: the wrap-up runs to its deadline.</param>
/// <param name="Break">Length of the break after it; null: none.</param>
/// <param name="Ask">Whom it asks, if that is possible then; null: nobody.</param>
/// <param name="Step">From one step of asking to the next.</param>
internal sealed record AgentPlan(Act Act, TimeSpan After, TimeSpan Talk, TimeSpan? HoldAfter, TimeSpan Hold, TimeSpan? WrapUp, TimeSpan? Break, Ask? Ask, TimeSpan Step)
{
    /// <param name="transfers">Percent of conversations with an <see cref="Plans.Ask"/>.</param>
    public static AgentPlan Draw(Random random, int transfers)
    {
        var act = random.Next(100) switch { < 5 => Act.Reject, < 8 => Act.Miss, _ => Act.Answer };
        var plan = new AgentPlan(
            act,
            CallerPlan.Between(random, 0.1, 3),
            CallerPlan.Between(random, 3, 30),
            random.Next(6) == 0 ? CallerPlan.Between(random, 0.5, 5) : null,
            CallerPlan.Between(random, 0.5, 4),
            random.Next(4) != 0 ? CallerPlan.Between(random, 0.2, 2.5) : null,
            random.Next(12) == 0 ? CallerPlan.Between(random, 2, 8) : null,
            null,
            CallerPlan.Between(random, 1, 3));
        var ask = (Ask)random.Next(Enum.GetValues<Ask>().Length);
        return random.Next(100) < transfers ? plan with { Ask = ask, HoldAfter = null } : plan;
    }
}
