namespace CallCenter.Reporting.Contacts;

/// <summary>
/// The phases of one leg from its start to its end, in whole milliseconds. A border before the previous one (clocks of
/// two sources) is moved to it, so that the phases are always a partition of the leg.
/// </summary>
internal sealed class Timeline(DateTimeOffset start, Phase first)
{
    private readonly long[] _milliseconds = new long[Enum.GetValues<Phase>().Length];
    private DateTimeOffset _border = Whole(start);
    private Phase _phase = first;

    public DateTimeOffset StartedAt { get; } = Whole(start);

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The present phase ends and the next begins; nothing begins on a leg that has ended.</summary>
    public void Enter(Phase next, DateTimeOffset at)
    {
        if (EndedAt is not null || next == _phase)
        {
            return;
        }

        Close(at);
        _phase = next;
    }

    /// <summary>The leg ends, once.</summary>
    public void End(DateTimeOffset at)
    {
        if (EndedAt is null)
        {
            Close(at);
            EndedAt = _border;
        }
    }

    /// <summary>The work after the leg; returns its end.</summary>
    public DateTimeOffset WrapUp(DateTimeOffset until)
    {
        var end = EndedAt ?? throw new InvalidOperationException("wrap-up follows the end of the leg: end the leg first");
        var wrapUp = Math.Max(0, Distance(end, Whole(until)));
        _milliseconds[(int)Phase.WrapUp] = wrapUp;
        return end.AddMilliseconds(wrapUp);
    }

    public Phases Phases()
    {
        long In(Phase phase) => _milliseconds[(int)phase];
        return new Phases(In(Phase.Alerting), In(Phase.Ivr), In(Phase.Queue), In(Phase.Ring),
            In(Phase.Talk), In(Phase.Hold), In(Phase.Consult), In(Phase.WrapUp));
    }

    private void Close(DateTimeOffset at)
    {
        var next = Whole(at) < _border ? _border : Whole(at);
        _milliseconds[(int)_phase] += Distance(_border, next);
        _border = next;
    }

    private static long Distance(DateTimeOffset from, DateTimeOffset to) => to.ToUnixTimeMilliseconds() - from.ToUnixTimeMilliseconds();

    private static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}
