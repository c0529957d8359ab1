using System.Collections.Concurrent;

namespace CallCenter.Simulator.Tally;

/// <summary>
/// What the simulated people saw and did: nothing in it comes from the system's reports. Faults are what went otherwise
/// than people may expect (a call refused, a phone that rang for nobody).
/// </summary>
internal sealed class TallyBook
{
    private const int FaultsMax = 1_000;

    private readonly ConcurrentQueue<CallRecord> _calls = new();
    private readonly ConcurrentDictionary<string, CallRecord> _present = new();
    private readonly ConcurrentQueue<AgentRecord> _agents = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<Outage> _outages = new();

    /// <summary>Every call, in the order they began.</summary>
    public IReadOnlyCollection<CallRecord> Calls => _calls;

    public IReadOnlyCollection<AgentRecord> Agents => _agents;

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Times in which the system was gone.</summary>
    public IReadOnlyCollection<Outage> Outages => _outages;

    public void Began(CallRecord call)
    {
        _calls.Enqueue(call);
        _present[call.Caller] = call;
    }

    public void Works(AgentRecord agent) => _agents.Enqueue(agent);

    /// <summary>The call that a caller has now, or had last.</summary>
    public CallRecord? CallOf(string caller) => _present.GetValueOrDefault(caller);

    public void Fault(string what)
    {
        if (_faults.Count < FaultsMax)
        {
            _faults.Enqueue(what);
        }
    }

    public void WasGone(Outage outage) => _outages.Enqueue(outage);
}
