package io.stave.compare.report;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Peers;
import io.stave.compare.result.Spread;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.CategoryItemRendererState;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.CategoryDataset;

/** A bar for the median, coloured by whose it is, a line from the least to the greatest, and the median in writing. */
final class BarDrawing extends BarRenderer {
    private static final long serialVersionUID = 1;
    private static final Color STAVE = new Color(0x0E, 0x7C, 0x66);
    private static final Color LIMIT = new Color(0xC9, 0xCF, 0xD8);
    private static final Color PEER = new Color(0x8F, 0xA6, 0xC4);
    private static final Font FONT = new Font("DejaVu Sans", Font.PLAIN, 11);
    private static final Font STAVE_FONT = FONT.deriveFont(Font.BOLD);
    private static final float GAP = 5;

    private final transient List<String> peers;
    private final transient List<Spread> spreads;
    private final transient DoubleFunction<String> labels;
    private final Color ink;

    BarDrawing(List<String> peers, List<Spread> spreads, DoubleFunction<String> labels, double base, Color ink) {
        this.peers = peers;
        this.spreads = spreads;
        this.labels = labels;
        this.ink = ink;
        setBase(base);
        setBarPainter(new StandardBarPainter());
        setShadowVisible(false);
        setDrawBarOutline(false);
        setMaximumBarWidth(1);
    }

    private boolean isStave(int column) {
        return peers.get(column).startsWith(Peers.STAVE);
    }

    @Override
    public Paint getItemPaint(int row, int column) {
        if (isStave(column)) {
            return STAVE;
        }
        return peers.get(column).equals(LimitPeer.NAME) ? LIMIT : PEER;
    }

    @Override
    public void drawItem(
            Graphics2D graphics,
            CategoryItemRendererState state,
            Rectangle2D area,
            CategoryPlot plot,
            CategoryAxis categories,
            ValueAxis axis,
            CategoryDataset data,
            int row,
            int column,
            int pass) {
        super.drawItem(graphics, state, area, plot, categories, axis, data, row, column, pass);
        Spread spread = spreads.get(column);
        double middle = categories.getCategoryMiddle(column, data.getColumnCount(), area, plot.getDomainAxisEdge());
        graphics.setPaint(ink);
        graphics.setFont(isStave(column) ? STAVE_FONT : FONT);
        if (spread == null) {
            float left = (float) axis.valueToJava2D(axis.getLowerBound(), area, plot.getRangeAxisEdge());
            graphics.drawString("–", left + GAP, (float) middle + 4);
            return;
        }
        double from = axis.valueToJava2D(spread.min(), area, plot.getRangeAxisEdge());
        double to = axis.valueToJava2D(spread.max(), area, plot.getRangeAxisEdge());
        if (spread.count() > 1) {
            graphics.setStroke(new BasicStroke(1.2f));
            graphics.draw(new Line2D.Double(from, middle, to, middle));
            graphics.draw(new Line2D.Double(from, middle - 3, from, middle + 3));
            graphics.draw(new Line2D.Double(to, middle - 3, to, middle + 3));
        }
        graphics.drawString(labels.apply(spread.median()), (float) to + GAP, (float) middle + 4);
    }
}
