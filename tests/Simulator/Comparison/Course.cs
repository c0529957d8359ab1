namespace CallCenter.Simulator.Comparison;

/// <summary>What a leg is at, in the words of the reports.</summary>
internal enum Phase { Alerting, Ivr, Queue, Ring, Talk, Hold, Consult }

/// <summary>The phases of a leg one after another, each with the moments between which it began. Times in milliseconds.</summary>
internal sealed class Course
{
    private readonly List<(Phase Phase, Moments From)> _parts = [];

    /// <summary>From then on.</summary>
    public void Enter(Phase phase, Moments from)
    {
        if (_parts.Count == 0 || _parts[^1].Phase != phase)
        {
            _parts.Add((phase, from));
        }
    }

    /// <summary>The sum of the phase's parts, each as uncertain as two clocks make it; exactly nothing when there is none.</summary>
    public Bounds Of(Phase phase, Moments end, double toleranceMs)
    {
        var sum = Bounds.Zero;
        for (var i = 0; i < _parts.Count; i++)
        {
            if (_parts[i].Phase == phase)
            {
                sum += Bounds.Between(_parts[i].From, i + 1 < _parts.Count ? _parts[i + 1].From : end).Around(toleranceMs);
            }
        }
        return sum;
    }
}
