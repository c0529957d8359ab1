using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Calls;

/// <summary>Something a call does later, on the wheel of the loop.</summary>
internal sealed class CallDelay(Action<long> fire) : WheelNode
{
    internal override void Fire(long now) => fire(now);
}
