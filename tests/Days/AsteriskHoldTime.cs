namespace CallCenter.Days;

/// <summary>
/// What Asterisk's app_queue announces: holdtime = (3 old + new) / 4 at each answer, new being that caller's wait; a caller is told
/// |holdtime + 30 - waited|. All in seconds, a queue of its own each, 0 at first.
/// </summary>
internal sealed class AsteriskHoldTime
{
    private double holdTime;

    public void Answered(double waitedSeconds) => holdTime = ((3 * holdTime) + waitedSeconds) / 4;

    public double Announce(double waitedSeconds = 0) => Math.Abs(holdTime + 30 - waitedSeconds);
}
