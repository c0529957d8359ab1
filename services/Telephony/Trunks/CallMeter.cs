using CallCenter.Contracts.Tenancy;

namespace CallCenter.Telephony.Trunks;

/// <summary>
/// The cost of one call outside: its first minute is paid before it is dialled and given back when nobody answers; from the answer on each
/// further one when it begins. Disposed of at the call's end.
/// </summary>
internal sealed class CallMeter : IDisposable
{
    /// <summary>What is paid at a time.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly DayCosts costs;
    private readonly TenantSnapshot tenant;
    private readonly TrunkSnapshot trunk;
    private readonly decimal? perMinute;
    private readonly TimeProvider clock;
    private ITimer? timer;
    private bool over;

    private CallMeter(DayCosts costs, TenantSnapshot tenant, TrunkSnapshot trunk, decimal? perMinute, TimeProvider clock) =>
        (this.costs, this.tenant, this.trunk, this.perMinute, this.clock) = (costs, tenant, trunk, perMinute, clock);

    /// <summary>Pays the first minute; the meter, or why it cannot be paid.</summary>
    public static (CallMeter? Meter, DialRefusal? Refusal) Begin(DayCosts costs, TenantSnapshot tenant, TrunkSnapshot trunk, decimal? perMinute, TimeProvider clock) =>
        costs.Pay(tenant, trunk, perMinute) is { } why ? (null, why) : (new(costs, tenant, trunk, perMinute, clock), null);

    /// <summary>The call is answered: from now on minutes begin. <paramref name="unpaid"/> is told once, when the day does not pay another one.</summary>
    public void Answered(Action unpaid)
    {
        lock (gate)
        {
            if (!over && timer is null)
            {
                timer = clock.CreateTimer(_ => Next(unpaid), null, Step, Step);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (over)
            {
                return;
            }
            over = true;
            if (timer is null)
            {
                costs.GiveBack(tenant, trunk, perMinute);
            }
            timer?.Dispose();
        }
    }

    private void Next(Action unpaid)
    {
        lock (gate)
        {
            if (over || costs.Pay(tenant, trunk, perMinute) is not { } why)
            {
                return;
            }
            over = true;
            timer!.Dispose();
            Telemetry.Refused(why.Reason, tenant.Tenant);
        }
        unpaid();
    }
}
