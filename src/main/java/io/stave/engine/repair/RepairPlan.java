package io.stave.engine.repair;

import io.stave.manifest.Manifest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a repair is going to do.
 *
 * @param manifest the MANIFEST that it starts from
 * @param damages the segments that it takes away, with what it keeps of them
 */
public record RepairPlan(Manifest manifest, List<Damage> damages) {

    /** Whether there is nothing to be mended. */
    public boolean isEmpty() {
        return damages.isEmpty();
    }

    /** Returns what of it concerns segments that a later MANIFEST lists as well: what was merged away or sealed meanwhile was not damaged. */
    RepairPlan stillListedBy(Manifest later) {
        return new RepairPlan(
                manifest,
                damages.stream()
                        .filter(damage -> later.segment(damage.segment().id())
                                .filter(listed ->
                                        listed.isSealed() == damage.segment().isSealed())
                                .isPresent())
                        .toList());
    }

    /** What is wrong, by file. */
    Map<String, String> reasons() {
        Map<String, String> reasons = new TreeMap<>();
        damages.forEach(damage -> reasons.put(damage.file(), damage.reason()));
        return reasons;
    }
}
